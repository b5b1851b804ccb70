// One picture of a tweet, small: a button that enlarges it and, on an animation, one that starts and stops it.
import { html } from "../html.js";
import { useState } from "../../vendor/hooks.mjs";
import { autoplay } from "../state/motion.js";
import { t } from "../text/words.js";
import { Icon } from "./Icon.js";
import { Img } from "./Img.js";
import { filesOf, sizesOf, srcsetOf, stillOf } from "./pictureSources.js";

/** @import { Picture } from "../types.js" */

/**
 * @param {{picture: Picture, place: string, more: number, cut: boolean, box: [number, number], eager: boolean, enlarge: () => void}} props
 *   `more` pictures that are not shown, `cut` where a good part of this one is hidden, `box` as for `sizesOf`
 */
export function FeedPicture({ picture, place, more, cut, box, eager, enlarge }) {
  const [wish, setWish] = useState(/** @type {boolean | null} */ (null));
  const still = stillOf(picture);
  const playing = wish ?? autoplay.value;
  const src = still && !playing ? still.url : picture.url;
  const srcset = srcsetOf(picture);
  const tall = picture.height > picture.width;
  const rest = more > 0 ? `, ${t("picture.more", { n: more })}` : "";
  return html`<div class=${`picture ${cut ? "cut" : ""} ${tall ? "tall" : ""}`}>
    <button type="button" class="enlarge" onClick=${enlarge}>
      <${Img} src=${src} sources=${src === picture.url ? filesOf(picture) : undefined} srcset=${srcset} sizes=${srcset && sizesOf(picture, ...box)} width=${picture.width} height=${picture.height}
        alt=${picture.description ?? ""} loading=${eager ? "eager" : "lazy"} decoding="async" />
      ${more > 0 && html`<span class="more" aria-hidden="true">+${more}</span>`}
      ${cut && html`<span class="badge" aria-hidden="true"><${Icon} name="enlarge" />${t("picture.whole")}</span>`}
      <span class="hidden">${t("picture.enlarge", { place })}${rest}</span>
    </button>
    ${still && more === 0 && html`<button type="button" class="round play" aria-label=${playing ? t("picture.pause") : t("picture.play")}
      onClick=${() => setWish(!playing)}><${Icon} name=${playing ? "pause" : "play"} /></button>`}
  </div>`;
}
