// A few ways to look at the same thing, one of which is shown.
import { html } from "../html.js";

/** @param {{label: string, entries: {path: string, text: string, here: boolean}[]}} props */
export function Segments({ label, entries }) {
  return html`<nav class="segments" aria-label=${label}>${entries.map((entry) => html`<a key=${entry.path} href=${entry.path}
    aria-current=${entry.here ? "page" : undefined}>${entry.text}</a>`)}</nav>`;
}
