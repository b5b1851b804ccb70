// Numbers for people.
import { computed } from "../../vendor/signals.mjs";
import { language } from "../state/language.js";

const compact = computed(() => new Intl.NumberFormat(language.value, { notation: "compact", maximumFractionDigits: 1 }));

/**
 * 950, 1.2K, 1,2 тыс.
 * @param {number} count
 */
export function short(count) {
  return compact.value.format(count);
}

/** @param {number} count */
export function bytes(count) {
  const megabytes = { style: "unit", unit: "megabyte", maximumFractionDigits: 1 };
  return new Intl.NumberFormat(language.value, /** @type {Intl.NumberFormatOptions} */ (megabytes)).format(count / 1_048_576);
}
