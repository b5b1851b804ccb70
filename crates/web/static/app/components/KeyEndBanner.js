// Warns before the key of this browser ends.
import { html } from "../html.js";
import { keyEnd } from "../state/keyEnd.js";
import { onDay } from "../text/time.js";
import { t } from "../text/words.js";
import { Icon } from "./Icon.js";

export function KeyEndBanner() {
  const end = keyEnd.value;
  return html`<div class="offline" role="status">${end && html`<p><${Icon} name="key" /><span class="grow">${t("keys.endsSoon", { day: onDay(end) })}</span>
    <a href="/settings">${t("keys.toSettings")}</a></p>`}</div>`;
}
