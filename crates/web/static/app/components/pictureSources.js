// Which file of a picture the browser loads: the server keeps smaller copies beside most originals.

/** @import { Picture, Variant } from "../types.js" */

/** The width of a tweet's pictures, as `tweet.css` lays them out. */
const COLUMN = "min(100vw - 5rem, 34rem)";
/** Screens on which a file of two pixels to a CSS pixel is sharp enough for a feed. */
const FINE = "(min-resolution: 2.5dppx)";
const FINE_SHARE = 0.67;
/** An upper bound for panoramas, in widths of the column. */
const MOST = 2;

/**
 * The first frame of an animation, where the server has made one.
 * @param {Picture} picture
 * @returns {Variant | undefined}
 */
export function stillOf({ variants = [] }) {
  return variants.find((variant) => variant.still);
}

/**
 * The widest smaller copy.
 * @param {Picture} picture
 * @returns {Variant | undefined}
 */
export function widestCopyOf({ variants = [] }) {
  return variants.filter((variant) => !variant.still).at(-1);
}

/**
 * The files to choose from, by width; undefined where there is only the original.
 * @param {Picture} picture
 */
export function srcsetOf(picture) {
  const files = filesOf(picture);
  return files.length > 1 ? files.map((file) => `${file.url} ${file.width}w`).join(", ") : undefined;
}

/**
 * The files to choose from, from narrow to wide.
 * @param {Picture} picture
 */
export function filesOf({ url, width, variants = [] }) {
  return [...variants.filter((variant) => !variant.still), { url, width }];
}

/**
 * How wide the picture is drawn to cover a box, for `sizes`.
 * @param {Picture} picture
 * @param {number} boxWidth in widths of the column
 * @param {number} boxHeight in widths of the column
 */
export function sizesOf({ width, height }, boxWidth, boxHeight) {
  const share = Math.min(MOST, Math.max(boxWidth, (boxHeight * width) / height));
  const part = (/** @type {number} */ factor) => `calc(${factor.toFixed(3)} * ${COLUMN})`;
  return `${FINE} ${part(share * FINE_SHARE)}, ${part(share)}`;
}
