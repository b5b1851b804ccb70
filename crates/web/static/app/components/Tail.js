// The end of a list: it fetches what comes next before somebody gets there.
import { html } from "../html.js";
import { useEffect, useRef } from "../../vendor/hooks.mjs";
import { t } from "../text/words.js";
import { Skeletons } from "./Skeletons.js";
import { Trouble } from "./Trouble.js";

/** @import { Pages } from "../state/pages.js" */

/** How far ahead, in pixels. */
const AHEAD = 1600;

/** @param {{pages: Pages<any>, kind: "tweet" | "person", end?: any}} props */
export function Tail({ pages, kind, end }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const failure = pages.failure.value;
  const count = pages.pages.value.length;
  const done = pages.ended.value || failure !== null;
  useEffect(() => {
    if (!box.current || done) return;
    const watcher = new IntersectionObserver((seen) => seen.at(-1)?.isIntersecting && void pages.more(), { rootMargin: `${AHEAD}px 0px` });
    watcher.observe(box.current);
    return () => watcher.disconnect();
  }, [pages, count, done, pages.busy.value]);
  if (failure) return html`<${Trouble} failure=${failure} retry=${() => void pages.more()} />`;
  if (pages.ended.value) return end || count > 1 && html`<p class="the-end">${t("list.end")}</p>`;
  // A new page gets a new tail: one that moved would count as a shifting layout.
  return html`<div key=${count} ref=${box} class="tail"><span class="hidden" role="status">${t("loading")}</span>
    <${Skeletons} count=${count ? 2 : 6} kind=${kind} />
  </div>`;
}
