// Whether colleagues have written something since the page was filled.
import { effect, signal } from "../../vendor/signals.mjs";
import { call } from "../api/call.js";
import { key } from "./key.js";
import { online } from "./connection.js";
import { me, onSignOut } from "./session.js";
import { NO_LIKERS } from "./tweets.js";

/** @import { Tweet } from "../types.js" */

const INTERVAL = 30_000;
/** So many new tweets are counted; more are "many". */
export const COUNTED = 20;

/** How many new tweets wait in the scope that is shown. */
export const waiting = signal(0);
/** The newest of them. @type {Tweet[]} */
let found = [];

/** @type {"following" | "all"} */
let scope = "following";
/** The newest tweet that the user could know of; null until it is known. */
let /** @type {number | null} */ newest = null;
let timer = 0;
let watched = false;
/** Grows with each scope: a late answer about another one changes nothing. */
let watch = 0;

onSignOut(() => (waiting.value = 0));

/**
 * From now on, tweets of that scope are news.
 * @param {"following" | "all"} shown
 * @param {boolean} fresh whether the list is, too: one from before misses what came since
 * @returns {() => void} ends it
 */
export function watchFor(shown, fresh) {
  watched = true;
  if (fresh || shown !== scope) {
    scope = shown;
    newest = null;
    waiting.value = 0;
    watch += 1;
  }
  schedule(0);
  return () => {
    watched = false;
    clearTimeout(timer);
  };
}

/** The new tweets, which are not new from now on. */
export function takeNews() {
  waiting.value = 0;
  newest = found[0]?.id ?? newest;
  return found;
}

/**
 * @param {number} limit
 * @returns {Promise<Tweet[]>}
 */
async function latest(limit) {
  const { tweets } = await call("GET", "/api/tweets", { query: { sort: "recent", scope, limit, ...NO_LIKERS } });
  return tweets;
}

async function look() {
  if (!watched || !key.peek() || !online.peek() || document.hidden) return;
  const mine = watch;
  try {
    const [top] = await latest(1);
    if (mine !== watch) return;
    const seen = newest;
    newest ??= top?.id ?? 0;
    if (seen !== null && top && top.id > seen) {
      const some = await latest(COUNTED + 1);
      if (mine !== watch) return;
      found = some.filter((tweet) => tweet.id > seen && tweet.author.id !== me.peek()?.id);
      waiting.value = found.length;
    }
  } catch {
    // The next look may succeed; whatever else the page asks for shows the trouble.
  }
  if (watched) schedule(INTERVAL);
}

/** @param {number} wait */
function schedule(wait) {
  clearTimeout(timer);
  timer = setTimeout(() => void look(), wait);
}

document.addEventListener("visibilitychange", () => void look());
effect(() => {
  if (online.value) void look();
});
