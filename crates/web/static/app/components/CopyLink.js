import { html } from "../html.js";
import { copy } from "../state/clipboard.js";
import { tell } from "../state/notices.js";
import { t } from "../text/words.js";
import { Icon } from "./Icon.js";

/** @param {{path: string}} props */
export function CopyLink({ path }) {
  const click = async () => {
    const address = new URL(path, location.origin).href;
    if (await copy(address)) tell(t("tweet.copied"));
    else tell(address, { bad: true });
  };
  return html`<button type="button" class="action" aria-label=${t("tweet.copy")} title=${t("tweet.copy")} onClick=${click}>
    <${Icon} name="link" />
  </button>`;
}
