// Where the user is: the address of the page, and the way there and back.
import { effect, signal } from "../../vendor/signals.mjs";
import { afterSteps, isWindowStep } from "./windowSteps.js";

/** @import { Route } from "../types.js" */

/** @type {[RegExp, Route["name"]][]} */
const ROUTES = [
  [/^\/$/, "feed"],
  [/^\/people$/, "people"],
  [/^\/settings$/, "settings"],
  [/^\/tweets\/([1-9]\d{0,15})$/, "tweet"],
  [/^\/users\/([1-9]\d{0,15})$/, "user"],
  [/^\/users\/([1-9]\d{0,15})\/followers$/, "followers"],
  [/^\/users\/([1-9]\d{0,15})\/following$/, "following"],
];

/**
 * @param {boolean} fresh
 * @returns {Route}
 */
function read(fresh) {
  // With a slash at its end an address is the same.
  const path = location.pathname.replace(/(.)\/$/, "$1");
  const query = new URLSearchParams(location.search);
  for (const [pattern, name] of ROUTES) {
    const found = pattern.exec(path);
    if (found) return { name, id: Number(found[1] ?? 0), query, path, fresh };
  }
  return { name: "nowhere", id: 0, query, path, fresh };
}

export const route = signal(read(true));

history.scrollRestoration = "manual";

/** @param {Route} place */
function addressOf({ path, query }) {
  return `${path}?${query}`;
}

/**
 * Goes to another address of the page.
 * @param {string} address
 * @param {{replace?: boolean, focus?: string}} [options] `replace`: no step of its own on the way back; `focus`: what gets the
 *   focus there, as a selector, instead of the title
 */
export function go(address, { replace = false, focus = "" } = {}) {
  afterSteps(() => move(address, replace, focus));
}

/** @param {string} address @param {boolean} replace @param {string} focus */
function move(address, replace, focus) {
  rememberScroll();
  wanted = focus;
  if (replace || isWindowStep() || address === location.pathname + location.search) history.replaceState({}, "", address);
  else history.pushState({}, "", address);
  route.value = read(true);
}

let wanted = "";

function rememberScroll() {
  history.replaceState({ ...history.state, scroll: scrollY }, "");
}

addEventListener("popstate", () => {
  // A jump within the page, such as to its content, leads nowhere else.
  const place = read(false);
  if (addressOf(place) !== addressOf(route.value)) route.value = place;
});
addEventListener("pagehide", rememberScroll);

let timer = 0;
addEventListener("scroll", () => {
  // Written behind the scrolling: browsers refuse more than some hundred changes in half a minute.
  clearTimeout(timer);
  timer = setTimeout(rememberScroll, 250);
}, { passive: true });

addEventListener("click", (event) => {
  const link = event.target instanceof Element && event.target.closest("a");
  const plain = !event.defaultPrevented && event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  if (!link || !plain || link.target || link.origin !== location.origin || link.hasAttribute("data-away")) return;
  if (link.getAttribute("href")?.startsWith("#")) return;
  event.preventDefault();
  go(link.pathname + link.search);
});

let before = "";
effect(() => {
  const { path, fresh } = route.value;
  const scroll = fresh ? 0 : (history.state?.scroll ?? 0);
  const moved = path !== before;
  const first = before === "";
  before = path;
  if (first) return;
  const place = wanted || (moved ? "main h1" : "");
  wanted = "";
  // The view has to be there first.
  requestAnimationFrame(() => setTimeout(() => {
    scrollTo({ top: scroll, behavior: "instant" });
    // Users who don't see a new place hear of it by the focus.
    if (place) /** @type {HTMLElement | null} */ (document.querySelector(place))?.focus({ preventScroll: true });
  }));
});
