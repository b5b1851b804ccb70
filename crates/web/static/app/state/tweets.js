// Every tweet that is known, once: a like is seen wherever the tweet is shown.
import { signal } from "../../vendor/signals.mjs";
import { call } from "../api/call.js";
import { asFailure } from "../api/failure.js";
import { onShared, share } from "./otherTabs.js";
import { onSignOut } from "./session.js";
import { showFailure } from "./notices.js";

/** @import { Tweet } from "../types.js" */
/** @typedef {import("../../vendor/signals.mjs").Signal<Tweet | null>} TweetSignal */

/** @type {Map<number, TweetSignal>} */
const known = new Map();
/** Tweets whose like is on its way. */
const settling = new Set();

onSignOut(() => known.clear());

/** What a list of tweets asks for: only a tweet by itself shows who likes it. */
export const NO_LIKERS = { likers: "0" };

/**
 * @param {Tweet} tweet
 * @param {boolean} whole with its likers
 */
export function keep(tweet, whole = false) {
  const { id, content, media, author, likes_count, liked, created_at } = tweet;
  const place = known.get(id);
  const likes = whole ? tweet.likes : (place?.peek()?.likes ?? []);
  const lean = { id, content, media, author, likes, likes_count, liked, created_at };
  if (!place) known.set(id, signal(lean));
  else if (!settling.has(id)) place.value = lean;
  return id;
}

/**
 * The tweet, or null once it is gone.
 * @param {number} id
 * @returns {TweetSignal}
 */
export function tweetOf(id) {
  let place = known.get(id);
  if (!place) {
    place = signal(null);
    known.set(id, place);
  }
  return place;
}

/** @param {number} id */
export async function load(id) {
  const { tweet } = await call("GET", `/api/tweets/${id}`);
  keep(tweet, true);
}

/**
 * @param {TweetSignal} place
 * @param {boolean} liked
 */
function show(place, liked) {
  const tweet = place.value;
  if (!tweet || tweet.liked === liked) return;
  place.value = { ...tweet, liked, likes_count: tweet.likes_count + (liked ? 1 : -1) };
}

/**
 * Likes or unlikes at once, and takes it back where the server refuses. However fast somebody clicks, one request is
 * on its way at a time, and the last wish stands in the end.
 * @param {number} id
 */
export async function toggleLike(id) {
  const place = tweetOf(id);
  if (!place.value) return;
  let settled = place.value.liked;
  show(place, !settled);
  if (settling.has(id)) return;
  settling.add(id);
  try {
    while (place.value && place.value.liked !== settled) {
      const wish = place.value.liked;
      await call(wish ? "POST" : "DELETE", `/api/tweets/${id}/likes`);
      settled = wish;
      share({ like: id, liked: wish });
    }
  } catch (error) {
    show(place, settled);
    if (asFailure(error).kind === "not_found") place.value = null;
    showFailure(error);
  } finally {
    settling.delete(id);
  }
}

/**
 * @param {number} id
 * @param {string} [reason] for the author, where that is somebody else
 */
export async function remove(id, reason) {
  try {
    await call("DELETE", `/api/tweets/${id}`, { query: { reason } });
  } catch (error) {
    // Somebody removed it already, from another window.
    if (asFailure(error).kind !== "not_found") throw error;
  }
  tweetOf(id).value = null;
  share({ remove: id });
}

/**
 * Somebody looks different from now on.
 * @param {number} author
 * @param {string | null} avatar
 */
export function redress(author, avatar) {
  for (const place of known.values()) {
    const tweet = place.peek();
    if (tweet?.author.id === author) place.value = { ...tweet, author: { ...tweet.author, avatar } };
  }
}

onShared((action) => {
  if ("remove" in action && known.has(action.remove)) tweetOf(action.remove).value = null;
  if ("like" in action && known.has(action.like) && !settling.has(action.like)) show(tweetOf(action.like), action.liked);
});
