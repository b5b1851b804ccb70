// The pictures of a tweet. Each has its place before it is loaded, so that nothing moves.
import { html } from "../html.js";
import { useState } from "../../vendor/hooks.mjs";
import { t } from "../text/words.js";
import { Lightbox } from "./Lightbox.js";

/** @import { Picture } from "../types.js" */

/** So many are shown; the last of them tells how many more there are. */
const SHOWN = 4;
/** A single picture is shown in its own shape, unless that is a needle or a ribbon. */
const WIDEST = 2.4;
const TALLEST = 0.8;

/** @param {{pictures: Picture[], author: string, eager: boolean}} props */
export function PictureGrid({ pictures, author, eager }) {
  const [open, setOpen] = useState(-1);
  const shown = pictures.slice(0, SHOWN);
  const more = pictures.length - shown.length;
  const alone = pictures.length === 1;
  const shape = Math.min(WIDEST, Math.max(TALLEST, pictures[0].width / pictures[0].height));
  return html`<div class="pictures" data-count=${shown.length} style=${alone ? { "--shape": shape } : {}}>
    ${shown.map((picture, index) => {
      const place = t("picture.of", { number: index + 1, count: pictures.length, name: author });
      const last = more > 0 && index === SHOWN - 1;
      return html`<button type="button" key=${picture.id} onClick=${() => setOpen(index)}>
        <img src=${picture.url} width=${picture.width} height=${picture.height} alt=${picture.description ?? ""} loading=${eager ? "eager" : "lazy"} decoding="async" />
        ${last && html`<span class="more" aria-hidden="true">+${more}</span>`}
        <span class="hidden">${t("picture.enlarge", { place })}</span>
      </button>`;
    })}
    ${open >= 0 && html`<${Lightbox} pictures=${pictures} start=${open} author=${author} close=${() => setOpen(-1)} />`}
  </div>`;
}
