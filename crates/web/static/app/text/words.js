// The words of the page in the user's language.
import { computed } from "../../vendor/signals.mjs";
import { language, words } from "../state/language.js";

/** @import { Name } from "../state/language.js" */

const plural = computed(() => new Intl.PluralRules(language.value));
const digits = computed(() => new Intl.NumberFormat(language.value));

/** Scripts that are written from right to left, and signs that change the direction. */
const TURNS = /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]|[\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * The words of that name. `{n}` is a number that decides the plural form; other values are names and the like, kept
 * apart from the words around them, whatever their direction of writing.
 * @param {Name} name
 * @param {Record<string, string | number> & {n?: number}} [values]
 * @returns {string}
 */
export function t(name, values = {}) {
  const found = words.value[name];
  const form = plural.value.select(values.n ?? 0);
  const text = typeof found === "string" ? found : (found[form] ?? found.other ?? "");
  return text.replace(/\{(\w+)\}/g, (_, place) => {
    const value = values[place] ?? "";
    if (typeof value === "number") return digits.value.format(value);
    return TURNS.test(value) ? `\u2068${value}\u2069` : value;
  });
}
