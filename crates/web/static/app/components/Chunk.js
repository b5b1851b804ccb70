// A page of a long list. Far from the window it is an empty box of the same height, so that thousands of tweets weigh
// as little as some dozen.
import { html } from "../html.js";
import { useEffect, useRef, useState } from "../../vendor/hooks.mjs";

/** @import { Page } from "../state/pages.js" */

/** How far from the window, in pixels, a page is still drawn. */
const NEAR = 1600;

/** @param {{page: Page<any>, draw: (item: any, index: number) => any, tag?: "div" | "ul", kind?: string}} props */
export function Chunk({ page, draw, tag = "div", kind = "" }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const [near, setNear] = useState(page.height === 0);
  useEffect(() => {
    const watcher = new IntersectionObserver((seen) => {
      const entry = seen.at(-1);
      if (!entry || !box.current) return;
      if (entry.isIntersecting) setNear(true);
      else if (!box.current.contains(document.activeElement)) {
        page.height = entry.boundingClientRect.height;
        setNear(false);
      }
    }, { rootMargin: `${NEAR}px 0px` });
    if (box.current) watcher.observe(box.current);
    return () => watcher.disconnect();
  }, [page]);
  const style = near ? {} : { height: `${page.height}px` };
  return html`<${tag} class=${`chunk ${kind}`} ref=${box} style=${style}>${near && page.items.map(draw)}<//>`;
}
