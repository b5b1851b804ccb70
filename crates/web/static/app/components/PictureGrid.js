// The pictures of a tweet. Each has its place before it is loaded, so that nothing moves.
import { html } from "../html.js";
import { useState } from "../../vendor/hooks.mjs";
import { t } from "../text/words.js";
import { FeedPicture } from "./FeedPicture.js";
import { Lightbox } from "./Lightbox.js";

/** @import { Picture } from "../types.js" */

/** So many are shown; the last of them says how many more there are. */
const SHOWN = 4;
/** A single picture is shown in its own shape, unless that is a needle or a ribbon. */
const WIDEST = 2.4;
const TALLEST = 0.8;
/** Where less than this part of a picture is visible, a badge says so. */
const CUT = 0.8;

/** Width and height of a place, relative to the width of the column; see `tweet.css`. */
const HALF = /** @type {[number, number]} */ ([1 / 2, 1 / 3]);
const TALL_HALF = /** @type {[number, number]} */ ([1 / 2, 2 / 3]);

/**
 * @param {number} index
 * @param {number} count
 * @param {number} shape of a single picture
 * @returns {[number, number]}
 */
function boxOf(index, count, shape) {
  if (count === 1) return [1, 1 / shape];
  return count === 2 || (count === 3 && index === 0) ? TALL_HALF : HALF;
}

/** @param {{pictures: Picture[], author: string, eager: boolean}} props */
export function PictureGrid({ pictures, author, eager }) {
  const [open, setOpen] = useState(-1);
  const shown = pictures.slice(0, SHOWN);
  const alone = pictures.length === 1;
  const own = pictures[0].width / pictures[0].height;
  const shape = Math.min(WIDEST, Math.max(TALLEST, own));
  const cut = alone && Math.min(own / shape, shape / own) < CUT;
  return html`<div class="pictures" data-count=${shown.length} style=${alone ? { "--shape": shape } : {}}>
    ${shown.map((picture, index) => html`<${FeedPicture} key=${picture.id} picture=${picture} cut=${cut} eager=${eager}
      place=${t("picture.of", { number: index + 1, count: pictures.length, name: author })}
      more=${index === SHOWN - 1 ? pictures.length - SHOWN : 0} box=${boxOf(index, shown.length, shape)} enlarge=${() => setOpen(index)} />`)}
    ${open >= 0 && html`<${Lightbox} pictures=${pictures} start=${open} author=${author} close=${() => setOpen(-1)} />`}
  </div>`;
}
