// Pictures that the server shows to signed-in people alone, fetched with the key and kept in memory.
import { computed } from "../../vendor/signals.mjs";
import { key } from "./key.js";
import { limits } from "./limits.js";
import { onSignOut } from "./session.js";

/** More of them are not kept; the browser's own cache has the others. */
const MOST = 300;

/** Whether pictures need the key. Until that is known they are loaded as if not. */
export const needsKey = computed(() => limits.value?.media_sign_in ?? false);

/** By their addresses at the server, the oldest first. @type {Map<string, Promise<string>>} */
const kept = new Map();

/** @param {Promise<string>} address */
const letGo = (address) => void address.then((known) => known && URL.revokeObjectURL(known));

onSignOut(() => {
  kept.forEach(letGo);
  kept.clear();
});

/**
 * Where the browser finds the picture of that address; nowhere where it can't be had.
 * @param {string} url
 * @returns {Promise<string>}
 */
export function fetched(url) {
  const known = kept.get(url);
  if (known) return known;
  const fetching = fetchOnce(url);
  kept.set(url, fetching);
  void fetching.then((address) => address || kept.delete(url));
  for (const [oldest, address] of kept) {
    if (kept.size <= MOST) break;
    kept.delete(oldest);
    letGo(address);
  }
  return fetching;
}

/** @param {string} url */
async function fetchOnce(url) {
  try {
    // By its own origin, whatever address others are to use.
    const answer = await fetch(`/media/${url.split("/").at(-1)}`, { headers: { "api-key": key.value } });
    return answer.ok ? URL.createObjectURL(await answer.blob()) : "";
  } catch {
    return "";
  }
}
