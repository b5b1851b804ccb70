// What a list looks like before it is there.
import { html } from "../html.js";

/** @param {{count: number, kind: "tweet" | "person"}} props */
export function Skeletons({ count, kind }) {
  return html`<div class="skeletons" aria-hidden="true">${Array.from({ length: count }, (_, index) => html`<div key=${index} class=${`skeleton ${kind}`}>
    <span class="avatar"></span><span class="line short"></span>${kind === "tweet" && html`<span class="line"></span><span class="line half"></span>`}
  </div>`)}</div>`;
}
