// A tweet on a page of its own, with those who like it.
import { html } from "../html.js";
import { useEffect, useMemo } from "../../vendor/hooks.mjs";
import { Empty } from "../components/Empty.js";
import { Heading } from "../components/Heading.js";
import { PeopleList } from "../components/PeopleList.js";
import { Skeletons } from "../components/Skeletons.js";
import { Trouble } from "../components/Trouble.js";
import { TweetCard } from "../components/TweetCard.js";
import { Pages } from "../state/pages.js";
import { load, tweetOf } from "../state/tweets.js";
import { fullName } from "../text/person.js";
import { t } from "../text/words.js";
import { likers as likersOf } from "./reading.js";
import { useLoaded } from "./useLoaded.js";

/** @import { Route, Tweet } from "../types.js" */

/** @param {{route: Route}} props */
export function OneTweet({ route }) {
  const { id } = route;
  const { found, failure, retry } = useLoaded(() => load(id).then(() => true), id);
  const tweet = tweetOf(id).value;
  const title = tweet ? t("tweet.by", { name: fullName(tweet.author) }) : t("tweet");
  const gone = (found && !tweet) || failure?.kind === "not_found";
  return html`<${Heading} title=${title} />
    ${gone
      ? html`<${Empty} title=${t("tweet.goneTitle")} text=${t("tweet.gone")}><a class="button" href="/">${t("home.go")}</a><//>`
      : failure && !tweet
        ? html`<${Trouble} failure=${failure} retry=${retry} />`
        : tweet
          ? html`<${TweetCard} id=${id} alone /><${Likers} tweet=${tweet} />`
          : html`<${Skeletons} count=${1} kind="tweet" />`}`;
}

/** @param {{tweet: Tweet}} props */
function Likers({ tweet }) {
  const some = tweet.likes_count > 0;
  // Asked for once somebody likes it; who comes later stands there after the next visit.
  const pages = useMemo(() => (some ? new Pages(`/api/tweets/${tweet.id}/likes`, {}, likersOf) : null), [tweet.id, some]);
  useEffect(() => void pages?.more(), [pages]);
  if (!pages) return null;
  return html`<section class="likers" aria-labelledby="likers"><h2 id="likers">${t("likes", { n: tweet.likes_count })}</h2>
    <${PeopleList} key=${pages.serial} pages=${pages} label=${t("likers.list")} empty=${null} />
  </section>`;
}
