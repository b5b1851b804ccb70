// There is nothing here, and what to do about it.
import { html } from "../html.js";

/** @param {{title: string, text: string, children?: any}} props */
export function Empty({ title, text, children }) {
  return html`<div class="state"><h2>${title}</h2><p>${text}</p>${children}</div>`;
}
