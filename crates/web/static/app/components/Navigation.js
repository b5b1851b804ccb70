// The ways through the page: at the side of a desk's window, at the bottom of a phone's.
import { html } from "../html.js";
import { route } from "../state/route.js";
import { me } from "../state/session.js";
import { startAddress } from "../state/start.js";
import { t } from "../text/words.js";
import { Icon } from "./Icon.js";
import { Mark } from "./Mark.js";

/** @param {{write: () => void}} props */
export function Navigation({ write }) {
  const { path } = route.value;
  // Until the server has said who I am, the link only keeps its place.
  const mine = me.value ? `/users/${me.value.id}` : "";
  const link = (/** @type {string} */ address, /** @type {any} */ icon, /** @type {string} */ text) => {
    const [place] = address.split("?");
    // My followers are a part of my page.
    const here = path === place ? "page" : place.length > 1 && path.startsWith(`${place}/`) ? "true" : undefined;
    return html`<a class="nav-link" href=${address || undefined} aria-current=${here}><${Icon} name=${icon} /><span>${text}</span></a>`;
  };
  return html`<nav class="navigation" aria-label=${t("navigation")}>
    <a class="wordmark" href=${startAddress.value} aria-label=${t("home.name")}><${Mark} /><span aria-hidden="true">tweetty</span></a>
    ${link(startAddress.value, "home", t("home"))}
    ${link("/people", "people", t("people"))}
    <button type="button" class="nav-link write" onClick=${write}><${Icon} name="write" /><span>${t("write")}</span></button>
    ${link(mine, "person", t("profile"))}
    ${link("/settings", "settings", t("settings"))}
  </nav>`;
}
