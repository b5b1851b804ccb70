import { html } from "../html.js";
import { online } from "../state/connection.js";
import { t } from "../text/words.js";
import { Icon } from "./Icon.js";

export function OfflineBanner() {
  return html`<div class="offline" role="status">${!online.value && html`<p><${Icon} name="cloud" />${t("offline")}</p>`}</div>`;
}
