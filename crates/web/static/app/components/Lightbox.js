// Pictures as large as the window allows: by buttons, arrow keys or a swipe from one to the next.
import { html } from "../html.js";
import { useRef, useState } from "../../vendor/hooks.mjs";
import { t } from "../text/words.js";
import { Dialog } from "./Dialog.js";
import { Icon } from "./Icon.js";

/** @import { Picture } from "../types.js" */

/** How far a finger travels, in pixels, for a swipe. */
const SWIPE = 48;

/** @param {{pictures: Picture[], start: number, author: string, close: () => void}} props */
export function Lightbox({ pictures, start, author, close }) {
  const [index, setIndex] = useState(start);
  const from = useRef(0);
  const count = pictures.length;
  const picture = pictures[index];
  const step = (/** @type {number} */ by) => setIndex((index + by + count) % count);
  /** @param {KeyboardEvent} event */
  const onKeyDown = (event) => {
    if (count > 1 && event.key === "ArrowRight") step(1);
    if (count > 1 && event.key === "ArrowLeft") step(-1);
  };
  /** @param {PointerEvent} event */
  const onPointerUp = (event) => {
    const way = event.clientX - from.current;
    if (count > 1 && event.pointerType === "touch" && Math.abs(way) > SWIPE) step(way < 0 ? 1 : -1);
  };
  const place = t("picture.of", { number: index + 1, count, name: author });
  return html`<${Dialog} label=${place} kind="lightbox" close=${close} onKeyDown=${onKeyDown}>
    <figure onPointerDown=${(/** @type {PointerEvent} */ event) => (from.current = event.clientX)} onPointerUp=${onPointerUp}>
      <img key=${picture.id} src=${picture.url} alt=${picture.description ?? place} width=${picture.width} height=${picture.height} draggable=${false} />
      ${count > 1 && html`<figcaption aria-live="polite">${t("picture.place", { number: index + 1, count })}</figcaption>`}
    </figure>
    <button type="button" class="round close" aria-label=${t("close")} onClick=${close}><${Icon} name="close" /></button>
    ${count > 1 && html`
      <button type="button" class="round previous" aria-label=${t("picture.previous")} onClick=${() => step(-1)}><${Icon} name="left" /></button>
      <button type="button" class="round next" aria-label=${t("picture.next")} onClick=${() => step(1)}><${Icon} name="right" /></button>`}
  <//>`;
}
