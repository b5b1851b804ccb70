// A remark plugin that knows whether what a page names is there: paths in code such as `scripts/test`, beside the links
// that remark-validate-links follows.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";

const top = resolve(import.meta.dirname, "../..");
const folders = readdirSync(top, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
// A path without blanks, wildcards or placeholders whose first part is a folder of ours.
const named = new RegExp(`^(?:${folders.join("|").replaceAll(".", "\\.")})/[\\w./-]*[\\w-]$`);
// What git ignores is made by a build, a running server or an operator, so it is not in every checkout.
const isMade = (path) => spawnSync("git", ["check-ignore", "--quiet", path], { cwd: top }).status === 0;

export default function remarkNamedFiles() {
  return (tree, file) => visit(tree, file);
}

function visit(node, file) {
  if (node.type === "inlineCode" && named.test(node.value) && !existsSync(join(top, node.value)) && !isMade(node.value)) {
    file.message(`\`${node.value}\` is not there`, node);
  }
  for (const child of node.children ?? []) visit(child, file);
}
