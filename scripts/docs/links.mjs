// A remark plugin that knows whether what a page names is there: paths in code such as `scripts/test`, beside the links
// that remark-validate-links follows.
import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";

const top = resolve(import.meta.dirname, "../..");
const folders = readdirSync(top, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
// A path without blanks, wildcards or placeholders whose first part is a folder of ours.
const named = new RegExp(`^(?:${folders.join("|").replaceAll(".", "\\.")})/[\\w./-]*[\\w-]$`);
// Made by a build or a running server, so not there in every checkout.
const made = /^(?:target|data|browser\/node_modules)\//;

export default function remarkNamedFiles() {
  return (tree, file) => visit(tree, file);
}

function visit(node, file) {
  if (node.type === "inlineCode" && named.test(node.value) && !made.test(node.value) && !existsSync(join(top, node.value))) {
    file.message(`\`${node.value}\` is not there`, node);
  }
  for (const child of node.children ?? []) visit(child, file);
}
