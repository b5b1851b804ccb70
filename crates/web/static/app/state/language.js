// The language and its words: the browser's language, unless the user has chosen one. Only the words of the language that
// is shown are loaded.
import { computed, effect, signal } from "../../vendor/signals.mjs";
import { kept } from "./kept.js";

/** @typedef {"en" | "ru"} Language */
/** @typedef {keyof typeof import("../../words/en.json")} Name */
/** @typedef {string | Partial<Record<Intl.LDMLPluralRule, string>>} Words */
/** @typedef {Record<Name, Words>} Table */

export const LANGUAGES = /** @type {[Language, string][]} */ ([["en", "English"], ["ru", "Русский"]]);

/** How long, in milliseconds, until words that could not be loaded are asked for again. */
const PAUSE = 2000;

/** @returns {Language} as `head.js`, which loads these words ahead, finds it */
function ofBrowser() {
  const found = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag === "en" || tag === "ru");
  return /** @type {Language} */ (found ?? "en");
}

const chosen = kept("tweetty.language", ["en", "ru"]);
const browser = signal(ofBrowser());

/** The language that is to be shown; it is shown once its words are there. */
export const wanted = computed(() => /** @type {Language} */ (chosen.value || browser.value));

/**
 * @param {Language} language
 * @returns {Promise<Table>}
 */
async function wordsOf(language) {
  const answer = await fetch(`/assets/${document.documentElement.dataset.version}/words/${language}.json`);
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.json();
}

/** Without any words there is no page: they are asked for until they come. @returns {Promise<Table>} */
async function firstWords() {
  try {
    return await wordsOf(wanted.peek());
  } catch {
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    return firstWords();
  }
}

const shown = signal({ language: wanted.peek(), words: await firstWords() });

export const language = computed(() => shown.value.language);
export const words = computed(() => shown.value.words);

async function show() {
  const wish = wanted.peek();
  const words = await wordsOf(wish);
  // Meanwhile another one may have been chosen.
  if (wish === wanted.peek()) shown.value = { language: wish, words };
}

/**
 * Chooses a language; throws where its words can't be loaded, and then it is not chosen.
 * @param {Language} wish
 */
export async function choose(wish) {
  const before = chosen.peek();
  chosen.value = wish;
  try {
    await show();
  } catch (error) {
    if (chosen.peek() === wish) chosen.value = before;
    throw error;
  }
}

addEventListener("languagechange", () => {
  browser.value = ofBrowser();
  // Otherwise the page stays in its language.
  show().catch(() => {});
});

effect(() => {
  document.documentElement.lang = language.value;
});
