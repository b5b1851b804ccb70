// When the key of this browser ends, where the server says that it is soon.
import { computed, signal } from "../../vendor/signals.mjs";
import { key } from "./key.js";

/** What the server said last, and of which key. */
const said = signal({ key: "", end: "" });

/** The moment, or an empty text. */
export const keyEnd = computed(() => (said.value.key === key.value ? said.value.end : ""));

/**
 * @param {string} used
 * @param {string | null} end
 */
export function noteKeyEnd(used, end) {
  const { key: before, end: known } = said.peek();
  if (used === key.peek() && (before !== used || known !== (end ?? ""))) said.value = { key: used, end: end ?? "" };
}
