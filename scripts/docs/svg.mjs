// Draws the graph on standard input, in Graphviz's language, as an SVG for light and dark pages on standard output.
// Graphviz runs as WebAssembly with fonts of its own, so that each machine draws the same bytes.
import { readFileSync } from "node:fs";
import { Graphviz } from "@hpcc-js/wasm-graphviz";

// The colours that a drawing may use, and what they become where the reader's system is dark.
const dark = {
  "#ffffff": "#0d1117",
  "#f6f8fa": "#161b22",
  "#eaeef2": "#2a313c",
  "#ddf4ff": "#0c2d4a",
  "#fff8c5": "#3a2d0a",
  "#1f2328": "#e6edf3",
  "#59636e": "#9da7b3",
  "#0969da": "#58a6ff",
  "#9a6700": "#d29922",
};

const graph = readFileSync(0, "utf8");
const unknown = (graph.match(/#[0-9a-fA-F]{6}\b/g) ?? []).filter((colour) => !(colour in dark));
if (unknown.length > 0) {
  throw new Error(`no dark counterpart for ${[...new Set(unknown)].join(", ")}; add it to scripts/docs/svg.mjs`);
}

const rules = Object.entries(dark).flatMap(([light, other]) => [
  `[fill="${light}"]{fill:${other}}`,
  `[stroke="${light}"]{stroke:${other}}`,
]);
const style = `<style>text{font-family:Helvetica,Arial,"Liberation Sans",sans-serif}
@media (prefers-color-scheme: dark){${rules.join("")}}</style>`;

const drawn = (await Graphviz.load()).dot(graph, "svg");
const svg = drawn.slice(drawn.indexOf("<svg")).replace(/<!--[^]*?-->\n?/g, "");
process.stdout.write(svg.replace(/>/, `>\n${style}`));
