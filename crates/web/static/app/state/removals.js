// What others removed of my tweets, until I have seen it.
import { signal } from "../../vendor/signals.mjs";
import { call } from "../api/call.js";
import { onSignOut } from "./session.js";

/** @import { Removal } from "../types.js" */

/** @type {import("../../vendor/signals.mjs").Signal<Removal[]>} */
export const removals = signal([]);

/** Which ones I have dismissed, by the ids of the tweets. */
const PLACE = "tweetty.removals";
/** More than are removed of anybody's within the time in which they are shown. */
const MOST = 100;
/** How long an answer is good, in milliseconds. */
const GOOD = 60_000;

let asked = 0;

onSignOut(() => {
  asked = 0;
  removals.value = [];
});

/** @returns {number[]} */
function dismissed() {
  try {
    const found = JSON.parse(localStorage.getItem(PLACE) ?? "[]");
    return Array.isArray(found) ? found.filter(Number.isInteger) : [];
  } catch {
    return [];
  }
}

/** Asks for them, unless that was done a moment ago. */
export async function learnRemovals() {
  const now = Date.now();
  if (asked && now - asked < GOOD) return;
  asked = now;
  try {
    const body = await call("GET", "/api/removals", { query: { limit: MOST } });
    if (asked !== now) return;
    const known = dismissed();
    removals.value = body.removals.filter((/** @type {Removal} */ removal) => !known.includes(removal.tweet_id));
  } catch {
    // They are asked for again with the next visit of the feed.
    asked = 0;
  }
}

/** @param {number} id of the tweet */
export function dismissRemoval(id) {
  removals.value = removals.value.filter((removal) => removal.tweet_id !== id);
  try {
    localStorage.setItem(PLACE, JSON.stringify([...dismissed(), id].slice(-MOST)));
  } catch {
    // Without storage it comes back with the next visit.
  }
}
