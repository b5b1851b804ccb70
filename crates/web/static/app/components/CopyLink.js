import { html } from "../html.js";
import { copy } from "../state/clipboard.js";
import { showNotice } from "../state/notices.js";
import { t } from "../text/words.js";
import { Icon } from "./Icon.js";

/** @param {{path: string}} props */
export function CopyLink({ path }) {
  const click = async () => {
    const address = new URL(path, location.origin).href;
    if (await copy(address)) showNotice(t("tweet.copied"));
    else showNotice(address, { bad: true });
  };
  return html`<button type="button" class="action" aria-label=${t("tweet.copy")} title=${t("tweet.copy")} onClick=${click}>
    <${Icon} name="link" />
  </button>`;
}
