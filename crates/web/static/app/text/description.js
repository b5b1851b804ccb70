// What a picture shows, in the author's words, as the server takes it.
import { isBlank, lengthOf } from "./length.js";

/**
 * The description as it is sent: nothing where nothing is said. The server trims it.
 * @param {string} description
 */
export function saidOf(description) {
  return isBlank(description) ? null : description;
}

/**
 * How many characters too long it is; 0 for one that fits.
 * @param {string} description
 * @param {number} most
 */
export function overOf(description, most) {
  return Math.max(0, lengthOf(description) - most);
}
