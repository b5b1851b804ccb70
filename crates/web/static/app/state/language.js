// The language: the browser's, unless the person has chosen one.
import { computed, effect, signal } from "../../vendor/signals.mjs";
import { kept } from "./kept.js";

/** @typedef {"en" | "ru"} Language */

export const LANGUAGES = /** @type {[Language, string][]} */ ([["en", "English"], ["ru", "Русский"]]);

/** @returns {Language} */
function ofBrowser() {
  const found = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag === "en" || tag === "ru");
  return /** @type {Language} */ (found ?? "en");
}

const chosen = kept("tweetty.language", ["en", "ru"]);

const browser = signal(ofBrowser());
addEventListener("languagechange", () => (browser.value = ofBrowser()));

export const language = computed(() => /** @type {Language} */ (chosen.value || browser.value));

/** @param {Language} wish */
export function choose(wish) {
  chosen.value = wish;
}

effect(() => {
  document.documentElement.lang = language.value;
});
