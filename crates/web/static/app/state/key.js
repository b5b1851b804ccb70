// The key that the user signed in with, kept in this browser.
import { signal } from "../../vendor/signals.mjs";

const PLACE = "tweetty.key";

/** The key; empty while nobody is signed in. */
export const key = signal(read());

/** Whether the server has refused a key that it used to know. */
export const expired = signal(false);

function read() {
  try {
    return localStorage.getItem(PLACE) ?? "";
  } catch {
    return "";
  }
}

/** @param {string} fresh */
export function remember(fresh) {
  try {
    if (fresh) localStorage.setItem(PLACE, fresh);
    else localStorage.removeItem(PLACE);
  } catch {
    // Storage may be forbidden: then the key lives as long as the page.
  }
  expired.value = false;
  key.value = fresh;
}

/**
 * The server doesn't know that key any more; a late answer to an earlier key changes nothing.
 * @param {string} refused
 */
export function expire(refused) {
  if (refused !== key.value || !refused) return;
  remember("");
  expired.value = true;
}

// A sign-out in one tab is one in all; a sign-in as another user leaves nothing of before.
addEventListener("storage", (event) => {
  if (event.key !== PLACE && event.key !== null) return;
  key.value = "";
  key.value = read();
});

/**
 * Whether a text can be a key at all: a header couldn't carry anything else.
 * @param {string} text
 */
export function looksLikeKey(text) {
  return /^[\x21-\x7e]{1,256}$/.test(text);
}
