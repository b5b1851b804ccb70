// An `<img>` of a picture of the server's. Where those are shown to signed-in people alone, an `<img>` could not load them: it
// sends no key. There the page fetches the file that suits the place, and shows it from memory.
import { html } from "../html.js";
import { useEffect, useRef, useState } from "../../vendor/hooks.mjs";
import { fetched, needsKey } from "../state/guardedPictures.js";

/** How far below the window, in pixels, a picture is when it is fetched. */
const AHEAD = 800;
/** More pixels than these to one of CSS are not seen in a small place. */
const DENSEST = 2;

/**
 * @typedef {{url: string, width: number}} Source
 * @param {{src: string, sources?: Source[], srcset?: string, sizes?: string, [attribute: string]: any}} props
 *   `sources`: the files of `srcset`, from narrow to wide
 */
export function Img(props) {
  const { sources, ...attributes } = props;
  return needsKey.value ? html`<${Guarded} key=${props.src} ...${props} />` : html`<img ...${attributes} />`;
}

/** @param {Parameters<typeof Img>[0]} props */
function Guarded({ src, sources, srcset, sizes, loading, ...attributes }) {
  const [address, setAddress] = useState("");
  const image = useRef(/** @type {HTMLImageElement | null} */ (null));
  useEffect(() => {
    const element = image.current;
    if (!element) return;
    let current = true;
    const load = async () => {
      const shown = await fetched(sources ? suitable(sources, src, element) : src);
      if (current && shown) setAddress(shown);
    };
    if (loading !== "lazy") void load();
    const watch = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watch.disconnect();
      void load();
    }, { rootMargin: `${AHEAD}px` });
    if (loading === "lazy") watch.observe(element);
    return () => {
      current = false;
      watch.disconnect();
    };
  }, [src]);
  return html`<img ref=${image} src=${address || undefined} ...${attributes} />`;
}

/**
 * The narrowest file that covers the element's box sharply.
 * @param {Source[]} sources
 * @param {string} original
 * @param {HTMLImageElement} element
 */
function suitable(sources, original, element) {
  const [width, height] = ["width", "height"].map((name) => Number(element.getAttribute(name)) || 1);
  const needed = Math.max(element.clientWidth, (element.clientHeight * width) / height) * Math.min(devicePixelRatio, DENSEST);
  return sources.find((source) => source.width >= needed)?.url ?? original;
}
