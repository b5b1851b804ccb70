// What communicators have everybody shown first, above the feed.
import { html } from "../html.js";
import { useState } from "../../vendor/hooks.mjs";
import { acknowledge, announcements, withdraw } from "../state/announcements.js";
import { showFailure, showNotice } from "../state/notices.js";
import { mayAnnounce } from "../state/session.js";
import { tweetOf } from "../state/tweets.js";
import { onDay, wholly } from "../text/time.js";
import { t } from "../text/words.js";
import { Icon } from "./Icon.js";
import { Missing } from "./Missing.js";
import { Question } from "./Question.js";
import { TweetCard } from "./TweetCard.js";

/** @import { Announcement } from "../types.js" */

export function Announcements() {
  const shown = announcements.value.filter((one) => tweetOf(one.tweet).value);
  if (!shown.length) return null;
  return html`<section class="announcements" aria-label=${t("announcements")}>${shown.map((one) => html`<${One} key=${one.id} one=${one} />`)}</section>`;
}

/** @param {{one: Announcement}} props */
function One({ one }) {
  const [listed, setListed] = useState(false);
  const [asked, setAsked] = useState(false);
  const act = async () => {
    try {
      await withdraw(one.id);
      showNotice(t("announcements.withdrawn"));
    } catch (error) {
      showFailure(error);
      setAsked(false);
    }
  };
  const read = one.acknowledged
    ? html`<p class="read"><${Icon} name="check" />${t("announcements.read")}</p>`
    : html`<button type="button" class="button" onClick=${() => acknowledge(one.id)}>${t("announcements.acknowledge")}</button>`;
  return html`<div class="announcement">
    <p class="small pinned"><${Icon} name="pin" /><time datetime=${one.until} title=${wholly(one.until)}>${t("announcements.until", { day: onDay(one.until) })}</time></p>
    <${TweetCard} id=${one.tweet} />
    ${(one.acknowledge || mayAnnounce.value) && html`<div class="row">
      <div class="grow" role="status">${one.acknowledge && read}</div>
      ${mayAnnounce.value && html`${one.acknowledge && html`<button type="button" class="button quiet" onClick=${() => setListed(true)}>${t("announcements.missing")}</button>`}
        <button type="button" class="button quiet" onClick=${() => setAsked(true)}>${t("announcements.withdraw")}</button>`}
    </div>`}
    ${listed && html`<${Missing} id=${one.id} close=${() => setListed(false)} />`}
    ${asked && html`<${Question} title=${t("announcements.withdrawTitle")} text=${t("announcements.withdrawText")} yes=${t("announcements.withdraw")}
      act=${act} close=${() => setAsked(false)} />`}
  </div>`;
}
