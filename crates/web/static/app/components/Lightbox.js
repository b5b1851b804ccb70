// Pictures as large as the window allows: by buttons, arrow keys or a swipe from one to the next, and closer by a zoom.
import { html } from "../html.js";
import { useEffect, useRef, useState } from "../../vendor/hooks.mjs";
import { fetched, needsKey } from "../state/guardedPictures.js";
import { autoplay } from "../state/motion.js";
import { t } from "../text/words.js";
import { Dialog } from "./Dialog.js";
import { Icon } from "./Icon.js";
import { stillOf, widestCopyOf } from "./pictureSources.js";
import { useZoom } from "./useZoom.js";

/** @import { Picture } from "../types.js" */

/**
 * The picture's original; until that is there, the widest of the smaller copies.
 * @param {Picture} picture
 */
function useOriginal(picture) {
  const [loaded, setLoaded] = useState(0);
  const copy = widestCopyOf(picture);
  useEffect(() => {
    if (!copy) return;
    let current = true;
    const original = new Image();
    const decoded = async () => {
      original.src = needsKey.value ? await fetched(picture.url) : picture.url;
      await original.decode();
      if (current) setLoaded(picture.id);
    };
    decoded().catch(() => {});
    return () => {
      current = false;
    };
  }, [picture.id]);
  return copy && loaded !== picture.id ? copy.url : picture.url;
}

/**
 * Where the browser finds a file of the server's.
 * @param {string} url
 * @returns {string | undefined}
 */
function useAddress(url) {
  const [found, setFound] = useState({ url: "", address: "" });
  const guarded = needsKey.value;
  useEffect(() => {
    if (!guarded) return;
    let current = true;
    void fetched(url).then((address) => current && setFound({ url, address }));
    return () => {
      current = false;
    };
  }, [url, guarded]);
  if (!guarded) return url;
  return found.url === url && found.address ? found.address : undefined;
}

/** The name of the file at that address. @param {string} url */
const nameOf = (url) => url.split("/").at(-1);

/** @param {{pictures: Picture[], start: number, author: string, close: () => void}} props */
export function Lightbox({ pictures, start, author, close }) {
  const [index, setIndex] = useState(start);
  const [wish, setWish] = useState(/** @type {boolean | null} */ (null));
  const image = useRef(/** @type {HTMLImageElement | null} */ (null));
  const count = pictures.length;
  const picture = pictures[index];
  const still = stillOf(picture);
  const playing = wish ?? autoplay.value;
  const original = useOriginal(picture);
  const step = (/** @type {number} */ by) => count > 1 && setIndex((index + by + count) % count);
  const zoom = useZoom(image, picture, { swipe: step, close });
  /** @param {KeyboardEvent} event */
  const onKeyDown = (event) => {
    if (zoom.press(event)) event.preventDefault();
    else if (event.key === "ArrowRight") step(1);
    else if (event.key === "ArrowLeft") step(-1);
  };
  const place = t("picture.of", { number: index + 1, count, name: author });
  const size = { "--width": `${picture.width}px`, "--shape": picture.width / picture.height };
  const src = still && !playing ? still.url : original;
  const shown = useAddress(src);
  const address = useAddress(picture.url);
  return html`<${Dialog} label=${place} kind="lightbox" close=${close} onKeyDown=${onKeyDown}>
    <figure class=${zoom.zoomed ? "zoomed" : ""} ...${zoom.events}>
      <img key=${picture.id} ref=${image} src=${shown} alt=${picture.description ?? place} width=${picture.width} height=${picture.height}
        style=${{ ...size, ...zoom.style }} draggable=${false} />
      ${count > 1 && html`<figcaption aria-live="polite">${t("picture.place", { number: index + 1, count })}</figcaption>`}
    </figure>
    <button type="button" class="round close" aria-label=${t("close")} onClick=${close}><${Icon} name="close" /></button>
    <div class="tools">
      <button type="button" class="round" aria-label=${t("picture.zoom")} title=${t("picture.zoom")} aria-pressed=${zoom.zoomed} onClick=${() => zoom.toggle()}><${Icon} name="search" /></button>
      <a class="round" href=${address} target="_blank" rel="noopener" aria-label=${t("picture.original")} title=${t("picture.original")}><${Icon} name="enlarge" /></a>
      <a class="round" href=${address} download=${nameOf(picture.url)} data-away aria-label=${t("picture.save")} title=${t("picture.save")}><${Icon} name="save" /></a>
      ${still && html`<button type="button" class="round" aria-label=${playing ? t("picture.pause") : t("picture.play")} onClick=${() => setWish(!playing)}><${Icon} name=${playing ? "pause" : "play"} /></button>`}
    </div>
    ${count > 1 && html`
      <button type="button" class="round previous" aria-label=${t("picture.previous")} onClick=${() => step(-1)}><${Icon} name="left" /></button>
      <button type="button" class="round next" aria-label=${t("picture.next")} onClick=${() => step(1)}><${Icon} name="right" /></button>`}
  <//>`;
}
