// Who is signed in.
import { computed, effect, signal } from "../../vendor/signals.mjs";
import { call } from "../api/call.js";
import { key, looksLikeKey, remember } from "./key.js";

/** @import { Profile } from "../types.js" */

/** @type {import("../../vendor/signals.mjs").Signal<Profile | null>} */
export const me = signal(null);

/** Whether the user may announce tweets. */
export const mayAnnounce = computed(() => me.value?.role === "communicator");

/** Counts are enough of a profile; who they are is asked for where it is shown. */
const NO_PEOPLE = { people: 0 };

/** @type {((wished: boolean) => void)[]} */
const forgetters = [];
/** Whether the user signs out, in this tab, rather than the key has ended. */
let wished = false;

/**
 * Has something forgotten when another person may come.
 * @param {(wished: boolean) => void} forget
 */
export function onSignOut(forget) {
  forgetters.push(forget);
}

/** Asks the server who the key belongs to. Where that fails, whatever else the page asks for shows it. */
export async function meet() {
  const used = key.value;
  try {
    const { user } = await call("GET", "/api/users/me", { query: NO_PEOPLE });
    if (used === key.value) me.value = user;
  } catch {
    // It is asked again at the next step.
  }
}

/**
 * Tries a key; the server's refusal is thrown.
 * @param {string} candidate
 */
export async function signIn(candidate) {
  const { user } = await call("GET", "/api/users/me", { key: candidate, query: NO_PEOPLE });
  me.value = user;
  remember(candidate);
}

export function signOut() {
  wished = true;
  remember("");
  wished = false;
}

/**
 * One more or one fewer whom I follow.
 * @param {number} change
 */
export function countFollowing(change) {
  if (me.value) me.value = { ...me.value, following_count: me.value.following_count + change };
}

let before = key.peek();
effect(() => {
  const now = key.value;
  if (now === before) return;
  before = now;
  if (!now) {
    me.value = null;
    forgetters.forEach((forget) => forget(wished));
  } else if (!me.peek()) {
    void meet();
  }
});

if (before && !looksLikeKey(before)) remember("");
