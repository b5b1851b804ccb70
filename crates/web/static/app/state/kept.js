// A choice that this browser remembers.
import { effect, signal } from "../../vendor/signals.mjs";

/**
 * @param {string} place
 * @param {string[]} possible
 */
export function kept(place, possible) {
  let found = "";
  try {
    found = localStorage.getItem(place) ?? "";
  } catch {
    // Without storage a choice lives as long as the page.
  }
  const choice = signal(possible.includes(found) ? found : "");
  effect(() => {
    try {
      if (choice.value) localStorage.setItem(place, choice.value);
      else localStorage.removeItem(place);
    } catch {
      // As above.
    }
  });
  return choice;
}
