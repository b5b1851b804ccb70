// How long a text is, as the server counts it.

const WHITE = /^\p{White_Space}$/u;
/** A text that shows nothing. Emoji and the like need such characters too, but not alone. */
const BLANK = /^[\p{White_Space}\p{Default_Ignorable_Code_Point}]*$/u;

/** @param {string} text */
export function isBlank(text) {
  return BLANK.test(text);
}

/**
 * Unicode scalar values after trimming; 0 for a text that shows nothing.
 * @param {string} text
 */
export function lengthOf(text) {
  if (isBlank(text)) return 0;
  const signs = [...text];
  const shows = (/** @type {string} */ sign) => !WHITE.test(sign);
  return signs.findLastIndex(shows) - signs.findIndex(shows) + 1;
}
