// For the type check: the types of the package that the file beside comes from.
export * from "@preact/signals";
