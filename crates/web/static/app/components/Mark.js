// The mark of the product: a bird that is a speech bubble.
import { html } from "../html.js";

export function Mark() {
  return html`<svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
    <path d="M4 15.5C4 9.1 9.1 4 15.5 4H24a4 4 0 0 1 4 4v7.5C28 22 22.9 27 16.5 27H6.2c-1 0-1.5-1.2-.8-1.9l2-2A11.4 11.4 0 0 1 4 15.5z" />
    <circle cx="21.5" cy="11" r="2" />
    <path class="wing" d="M9.5 15.5c2 4 6 6 11 5" />
  </svg>`;
}
