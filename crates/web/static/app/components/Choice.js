// One of a few, chosen at once.
import { html } from "../html.js";

/** @param {{name: string, label: string, value: string, entries: [string, string][], choose: (value: any) => void}} props */
export function Choice({ name, label, value, entries, choose }) {
  return html`<fieldset class="choice"><legend>${label}</legend><div class="segments">${entries.map(([entry, text]) => html`<label key=${entry}>
    <input type="radio" name=${name} value=${entry} checked=${entry === value} onChange=${() => choose(entry)} /><span lang=${name === "language" ? entry : undefined}>${text}</span>
  </label>`)}</div></fieldset>`;
}
