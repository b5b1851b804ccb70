// How much of a tweet is written. It is read out only when it matters.
import { html } from "../html.js";
import { length } from "../state/draft.js";
import { limits } from "../state/limits.js";
import { t } from "../text/words.js";

/** So many characters before the end it becomes worth a word. */
const SOON = 20;

export function Counter() {
  const most = limits.value?.tweet_length;
  if (!most) return html`<span class="counter"></span>`;
  const left = most - length.value;
  const share = Math.min(1, length.value / most);
  const state = left < 0 ? "over" : left <= SOON ? "soon" : "";
  const said = left < 0 ? t("draft.over", { n: -left }) : left <= SOON ? t("draft.left", { n: left }) : "";
  return html`<span class=${`counter ${state}`}>
    <span aria-hidden="true">${left}</span>
    <svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="9" /><circle class="share" cx="12" cy="12" r="9" pathLength="1" stroke-dasharray="1" stroke-dashoffset=${1 - share} /></svg>
    <span class="hidden" role="status">${said}</span>
  </span>`;
}
