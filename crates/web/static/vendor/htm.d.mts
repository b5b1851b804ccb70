// For the type check: htm's own types are those of a CommonJS package, and this file is none.
import type { h, VNode } from "preact";

declare const htm: { bind(make: typeof h): (strings: TemplateStringsArray, ...values: any[]) => VNode };
export default htm;
