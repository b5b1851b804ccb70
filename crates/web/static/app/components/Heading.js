// The title of a view; a user who gets there by a link starts reading here.
import { html } from "../html.js";
import { useEffect } from "../../vendor/hooks.mjs";
import { route } from "../state/route.js";
import { t } from "../text/words.js";
import { Icon } from "./Icon.js";

/** Whether the page is installed, in a window without buttons of the browser. */
const standalone = matchMedia("(display-mode: standalone)").matches;

/** @param {{title: string, quiet?: boolean, children?: any}} props */
export function Heading({ title, quiet = false, children }) {
  useEffect(() => {
    document.title = `${title.replace(/[\u2068\u2069]/g, "")} · tweetty`;
  }, [title]);
  const back = standalone && route.value.path !== "/" && html`<button type="button" class="action back" aria-label=${t("back")} onClick=${() => history.back()}><${Icon} name="left" /></button>`;
  return html`<div class="heading">${back}<h1 tabindex="-1" class=${quiet ? "hidden" : ""}>${title}</h1>${children}</div>`;
}
