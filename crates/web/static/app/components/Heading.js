// The title of a view; whoever gets there by a link starts reading here.
import { html } from "../html.js";
import { useEffect } from "../../vendor/hooks.mjs";

/** @param {{title: string, quiet?: boolean, children?: any}} props */
export function Heading({ title, quiet = false, children }) {
  useEffect(() => {
    document.title = `${title.replace(/[\u2068\u2069]/g, "")} · tweetty`;
  }, [title]);
  return html`<div class="heading"><h1 tabindex="-1" class=${quiet ? "hidden" : ""}>${title}</h1>${children}</div>`;
}
