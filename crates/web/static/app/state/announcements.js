// What communicators have everybody shown first.
import { computed, signal } from "../../vendor/signals.mjs";
import { call } from "../api/call.js";
import { asFailure } from "../api/failure.js";
import { showFailure } from "./notices.js";
import { onSignOut } from "./session.js";
import { keep } from "./tweets.js";

/** @import { Announcement, Person, Tweet } from "../types.js" */

/** @type {import("../../vendor/signals.mjs").Signal<Announcement[]>} */
export const announcements = signal([]);

/** The tweets that stand on top: in the list below they would stand twice. */
export const announced = computed(() => new Set(announcements.value.map((one) => one.tweet)));

onSignOut(() => (announcements.value = []));

/**
 * Keeps what came with a first page of tweets.
 * @param {(Omit<Announcement, "tweet"> & {tweet: Tweet})[]} found
 */
export function takeAnnouncements(found) {
  announcements.value = found.map(({ id, until, acknowledge, acknowledged, tweet }) => ({ id, until, acknowledge, acknowledged, tweet: keep(tweet) }));
}

/**
 * @param {number} id
 * @param {boolean} acknowledged
 */
function show(id, acknowledged) {
  announcements.value = announcements.value.map((one) => (one.id === id ? { ...one, acknowledged } : one));
}

/** Says that the user has read it. @param {number} id */
export async function acknowledge(id) {
  show(id, true);
  try {
    await call("POST", `/api/announcements/${id}/acknowledgement`);
  } catch (error) {
    show(id, false);
    if (asFailure(error).kind === "not_found") drop(id);
    showFailure(error);
  }
}

/**
 * Has a tweet shown first.
 * @param {number} tweet
 * @param {Date} until
 * @param {boolean} asks
 */
export async function announce(tweet, until, asks) {
  const body = { tweet_id: tweet, until: until.toISOString(), acknowledge: asks };
  const { announcement_id } = await call("POST", "/api/announcements", { body });
  const made = { id: announcement_id, until: body.until, acknowledge: asks, acknowledged: false, tweet };
  announcements.value = [made, ...announcements.value];
}

/** @param {number} id */
export async function withdraw(id) {
  try {
    await call("DELETE", `/api/announcements/${id}`);
  } catch (error) {
    if (asFailure(error).kind !== "not_found") throw error;
  }
  drop(id);
}

/** @param {number} id */
function drop(id) {
  announcements.value = announcements.value.filter((one) => one.id !== id);
}

/**
 * All who have not said yet that they have read it, page by page.
 * @param {number} id
 * @returns {Promise<Person[]>}
 */
export async function missing(id) {
  /** @type {Person[]} */
  const people = [];
  let cursor = null;
  do {
    const page = await call("GET", `/api/announcements/${id}/missing`, { query: { cursor } });
    people.push(...page.users);
    cursor = page.next_cursor;
  } while (cursor);
  return people;
}
