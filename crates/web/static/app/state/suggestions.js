// Whom one could follow, bots aside: those whose tweets the company likes most, then those who have the most followers.
import { signal } from "../../vendor/signals.mjs";
import { call } from "../api/call.js";
import { onSignOut } from "./session.js";
import { NO_LIKERS } from "./tweets.js";

/** @import { FoundPerson, Person, Tweet } from "../types.js" */

const LOOKED_AT = 100;

/** @type {import("../../vendor/signals.mjs").Signal<Person[] | null>} */
export const suggested = signal(null);
onSignOut(() => (suggested.value = null));

export async function suggest() {
  if (suggested.peek()) return;
  try {
    const [popular, found] = await Promise.all([
      call("GET", "/api/tweets", { query: { scope: "all", limit: LOOKED_AT, ...NO_LIKERS } }),
      call("GET", "/api/users", { query: { limit: LOOKED_AT } }),
    ]);
    const authors = popular.tweets.map((/** @type {Tweet} */ tweet) => tweet.author);
    const users = /** @type {FoundPerson[]} */ (found.users).toSorted((one, other) => (other.followers_count ?? 0) - (one.followers_count ?? 0));
    suggested.value = [...new Map([...authors, ...users].filter((person) => !person.bot).map((person) => [person.id, person])).values()];
  } catch {
    // A suggestion that doesn't come is missed by nobody.
  }
}
