// Which of my tweets somebody removed, and why.
import { html } from "../html.js";
import { useEffect } from "../../vendor/hooks.mjs";
import { dismissRemoval, learnRemovals, removals } from "../state/removals.js";
import { me } from "../state/session.js";
import { briefly, wholly } from "../text/time.js";
import { t } from "../text/words.js";
import { Icon } from "./Icon.js";

/** @import { Removal } from "../types.js" */

export function Removals() {
  const viewer = me.value?.id;
  useEffect(() => {
    if (viewer) void learnRemovals();
  }, [viewer]);
  if (!removals.value.length) return null;
  return html`<section class="removals" aria-label=${t("removals")}>${removals.value.map((removal) => html`<${Removed} key=${removal.tweet_id} removal=${removal} />`)}</section>`;
}

/** @param {{removal: Removal}} props */
function Removed({ removal }) {
  const { tweet_id: id, content, reason, removed_at: moment } = removal;
  return html`<div class="removal">
    <div class="row"><h2 class="grow">${t("removals.title")}</h2>
      <time class="small" datetime=${moment} title=${wholly(moment)}>${briefly(moment)}</time>
      <button type="button" class="action" aria-label=${t("dismiss")} title=${t("dismiss")} onClick=${() => dismissRemoval(id)}><${Icon} name="close" /></button>
    </div>
    <p>${t("removals.reason")} <bdi>${reason}</bdi></p>
    <blockquote class="tweet-text">${content}</blockquote>
  </div>`;
}
