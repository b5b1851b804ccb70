// Coloured initials: what a person looks like here. They say nothing that her name beside them doesn't.
import { html } from "../html.js";
import { hue, initials } from "../text/person.js";

/** @param {{name: string, size?: "small" | "large"}} props */
export function Avatar({ name, size }) {
  return html`<span class=${`avatar ${size ?? ""}`} style=${{ "--hue": hue(name) }} aria-hidden="true">${initials(name)}</span>`;
}
