// Keeps the focus in the page: when the focused element is removed, its nearest neighbour gets the focus.

/** @typedef {{node: Element, next: Element | null, previous: Element | null}} Place */

const REACHABLE = "a[href], button, textarea, input:not([type=file])";

/** @type {Element | null} The element that was focused last. */
let focused = null;
/** @type {Place[]} That element and its ancestors, with their siblings at that time. */
let trail = [];

addEventListener("focusin", ({ target }) => {
  if (!(target instanceof Element)) return;
  focused = target;
  trail = [];
  for (let node = focused; node && node !== document.body; node = /** @type {Element} */ (node.parentElement)) {
    trail.push({ node, next: node.nextElementSibling, previous: node.previousElementSibling });
  }
});

addEventListener("mousedown", () => setTimeout(() => {
  // A click on the background removes the focus on purpose.
  if (document.activeElement === document.body) focused = null;
}));

/**
 * The element itself or the first in it that can be focused, if it is still in the page.
 * @param {Element | null | undefined} place
 * @returns {HTMLElement | undefined}
 */
function reachableIn(place) {
  if (!(place instanceof HTMLElement) || !place.isConnected) return undefined;
  const within = [...place.querySelectorAll(REACHABLE)].filter((found) => found.matches(':not([tabindex="-1"], :disabled)') && found.checkVisibility());
  return place.hasAttribute("tabindex") ? place : /** @type {HTMLElement | undefined} */ (within[0]);
}

/**
 * A neighbour of the same kind: the next tweet, the next picture of a draft.
 * @param {Place | undefined} removed
 */
function neighbourOf(removed) {
  const alike = [removed?.next, removed?.previous].filter((other) => other?.tagName === removed?.node.tagName);
  return alike.map(reachableIn).find(Boolean);
}

function restore() {
  if (!focused || focused.isConnected || document.activeElement !== document.body) return;
  const kept = trail.findIndex(({ node }) => node.isConnected);
  const around = kept < 0 ? [] : trail.slice(kept).map(({ node }) => node);
  const place = around.find((node) => node.matches("form, [tabindex]"));
  const next = neighbourOf(trail[kept - 1]) ?? reachableIn(place) ?? document.querySelector("main h1");
  if (next instanceof HTMLElement) next.focus({ preventScroll: true });
}

new MutationObserver(restore).observe(document.body, { childList: true, subtree: true });
