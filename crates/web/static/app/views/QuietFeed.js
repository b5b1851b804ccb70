// A feed with nothing in it, and what to do about it: a longer time, other people, or the first word.
import { html } from "../html.js";
import { call } from "../api/call.js";
import { Empty } from "../components/Empty.js";
import { Suggestions } from "../components/Suggestions.js";
import { me } from "../state/session.js";
import { NO_LIKERS } from "../state/tweets.js";
import { t } from "../text/words.js";
import { useLoaded } from "./useLoaded.js";

/** @import { View } from "../state/feedView.js" */

/** @param {{view: View, offer: any, all: string}} props `offer`: a longer time, where there is one; `all`: where the whole company is */
export function QuietFeed({ view: { scope, period }, offer, all }) {
  const { found, failure } = useLoaded(() => call("GET", "/api/tweets", { query: { scope: "all", limit: 1, ...NO_LIKERS } }), 0);
  if (!found && !failure) return null;
  const following = scope === "following";
  if (found && !found.tweets.length) {
    return html`<${Empty} title=${t("feed.nobodyTitle")} text=${t("feed.nobody")}><a class="button quiet" href="/people">${t("feed.people")}</a><//>
      <${Suggestions} most=${8} landmark />`;
  }
  // Those who follow nobody find nothing in a longer time either.
  const quiet = offer && !(following && me.value?.following_count === 0);
  return html`<${Empty} ...${quiet
      ? { title: t("period.noneTitle"), text: t(following ? "period.noneHere" : "period.none", { past: t(`past.${period}`) }) }
      : { title: t("feed.emptyTitle"), text: t("feed.empty") }}>
      ${quiet && offer}${following && html`<a class=${`button ${quiet ? "quiet" : ""}`} href=${all}>${t("feed.all")}</a>`}
    <//>${following && html`<${Suggestions} most=${8} landmark />`}`;
}
