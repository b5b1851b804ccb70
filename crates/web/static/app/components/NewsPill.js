// Announces new tweets without moving what is being read.
import { html } from "../html.js";
import { COUNTED, waiting } from "../state/news.js";
import { t } from "../text/words.js";
import { Icon } from "./Icon.js";

/** @param {{show: () => void}} props */
export function NewsPill({ show }) {
  const count = waiting.value;
  const text = count > COUNTED ? t("news.many", { n: COUNTED }) : t("news", { n: count });
  return html`<div class="pill-place" role="status">${count > 0 && html`<button type="button" class="pill" onClick=${show}><${Icon} name="up" />${text}</button>`}</div>`;
}
