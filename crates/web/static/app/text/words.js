// The words of the page in the person's language.
import { computed } from "../../vendor/signals.mjs";
import { language } from "../state/language.js";
import { en } from "../words/en.js";
import { ru } from "../words/ru.js";

/** @typedef {string | Partial<Record<Intl.LDMLPluralRule, string>>} Words */
/** @typedef {keyof typeof en} Name */

const TABLES = /** @type {Record<string, Record<Name, Words>>} */ ({ en, ru });

const table = computed(() => TABLES[language.value]);
const plural = computed(() => new Intl.PluralRules(language.value));
const digits = computed(() => new Intl.NumberFormat(language.value));

/**
 * The words of that name. `{n}` is a number that decides the plural form; other values are names and the like, kept
 * apart from the words around them, whatever their direction of writing.
 * @param {Name} name
 * @param {Record<string, string | number> & {n?: number}} [values]
 * @returns {string}
 */
export function t(name, values = {}) {
  const found = table.value[name];
  const form = plural.value.select(values.n ?? 0);
  const text = typeof found === "string" ? found : (found[form] ?? found.other ?? "");
  return text.replace(/\{(\w+)\}/g, (_, place) => {
    const value = values[place] ?? "";
    return typeof value === "number" ? digits.value.format(value) : `\u2068${value}\u2069`;
  });
}
