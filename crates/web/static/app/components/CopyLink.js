import { html } from "../html.js";
import { tell } from "../state/notices.js";
import { t } from "../text/words.js";
import { Icon } from "./Icon.js";

/** @param {string} text */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without TLS browsers have no clipboard but this elder way to it.
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

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
