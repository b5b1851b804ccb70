// Whom I follow. Profiles and searches don't say it, so the whole list is learned once it is needed.
import { signal } from "../../vendor/signals.mjs";
import { call } from "../api/call.js";
import { countFollowing, me, onSignOut } from "./session.js";
import { showFailure } from "./notices.js";
import { onShared, share } from "./otherTabs.js";

/** @type {import("../../vendor/signals.mjs").Signal<Map<number, boolean>>} */
const wishes = signal(new Map());
/** @type {import("../../vendor/signals.mjs").Signal<Set<number> | null>} */
const learned = signal(null);
let learning = false;
/** People whose following is on its way. */
const settling = new Set();

onSignOut(() => {
  wishes.value = new Map();
  learned.value = null;
});

/** Learns whom I follow, page by page. */
export async function learnFollowees() {
  const profile = me.value;
  if (!profile || learned.peek() || learning) return;
  learning = true;
  try {
    const people = [];
    let cursor = null;
    do {
      /** @type {any} */
      const body = await call("GET", `/api/users/${profile.id}/following`, { query: { cursor } });
      people.push(...body.users);
      cursor = body.next_cursor;
    } while (cursor);
    if (me.peek()?.id === profile.id) learned.value = new Set(people.map((person) => person.id));
  } catch (error) {
    showFailure(error);
  } finally {
    learning = false;
  }
}

/**
 * Whether I follow that person; undefined while it isn't known yet.
 * @param {number} id
 */
export function isFollowed(id) {
  return wishes.value.get(id) ?? learned.value?.has(id);
}

/**
 * Something else has said whether I follow them.
 * @param {number} id
 * @param {boolean} followed
 */
export function noteFollowed(id, followed) {
  if (!settling.has(id) && isFollowed(id) !== followed) wish(id, followed);
}

/**
 * @param {number} id
 * @param {boolean} followed
 */
function wish(id, followed) {
  wishes.value = new Map(wishes.value).set(id, followed);
}

/**
 * Follows or unfollows at once, and takes it back where the server refuses.
 * @param {number} id
 */
export async function toggleFollow(id) {
  if (settling.has(id)) return;
  const before = isFollowed(id) ?? false;
  settling.add(id);
  wish(id, !before);
  countFollowing(before ? -1 : 1);
  try {
    await call(before ? "DELETE" : "POST", `/api/users/${id}/follow`);
    share({ follow: id, followed: !before });
  } catch (error) {
    wish(id, before);
    countFollowing(before ? 1 : -1);
    showFailure(error);
  } finally {
    settling.delete(id);
  }
}

onShared((action) => {
  if (!("follow" in action) || settling.has(action.follow) || isFollowed(action.follow) === action.followed) return;
  wish(action.follow, action.followed);
  countFollowing(action.followed ? 1 : -1);
});
