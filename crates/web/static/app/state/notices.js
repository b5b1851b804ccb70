// Short messages that come and go.
import { signal } from "../../vendor/signals.mjs";
import { asFailure } from "../api/failure.js";

/** @import { Notice } from "../types.js" */

/** @type {import("../../vendor/signals.mjs").Signal<Notice[]>} */
export const notices = signal([]);

/** How long somebody who reads slowly takes for a character, in milliseconds. */
const READING = 100;

let last = 0;

/**
 * @param {string} text
 * @param {{bad?: boolean, link?: Notice["link"]}} [more]
 */
export function showNotice(text, { bad = false, link } = {}) {
  const number = ++last;
  const others = notices.value.filter((notice) => notice.text !== text).slice(-2);
  notices.value = [...others, { number, text, bad, link }];
  setTimeout(() => dismiss(number), Math.max(bad ? 12_000 : 6_000, text.length * READING));
}

/** @param {unknown} error */
export function showFailure(error) {
  const failure = asFailure(error);
  // The sign-in page says by itself that the key has expired.
  if (failure.kind !== "unauthorized") showNotice(failure.words, { bad: true });
}

/** @param {number} number */
export function dismiss(number) {
  notices.value = notices.value.filter((notice) => notice.number !== number);
}
