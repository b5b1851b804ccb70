// A tweet on a page of its own, with those who like it.
import { html } from "../html.js";
import { Empty } from "../components/Empty.js";
import { Heading } from "../components/Heading.js";
import { PersonName } from "../components/PersonName.js";
import { Skeletons } from "../components/Skeletons.js";
import { Trouble } from "../components/Trouble.js";
import { TweetCard } from "../components/TweetCard.js";
import { load, tweetOf } from "../state/tweets.js";
import { t } from "../text/words.js";
import { useLoaded } from "./useLoaded.js";

/** @import { Route, Tweet } from "../types.js" */

/** @param {{route: Route}} props */
export function OneTweet({ route }) {
  const { id } = route;
  const { found, failure, retry } = useLoaded(() => load(id).then(() => true), id);
  const tweet = tweetOf(id).value;
  const title = tweet ? t("tweet.by", { name: tweet.author.name }) : t("tweet");
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
  const likers = tweet.likes.slice(0, 100);
  if (!tweet.likes_count) return null;
  const more = tweet.likes_count - likers.length;
  return html`<section class="likers" aria-labelledby="likers"><h2 id="likers">${t("likes", { n: tweet.likes_count })}</h2>
    <ul>${likers.map((liker) => html`<li key=${liker.user_id}><${PersonName} person=${{ id: liker.user_id, name: liker.name }} /></li>`)}
      ${more > 0 && likers.length > 0 && html`<li>${t("likers.more", { n: more })}</li>`}</ul>
  </section>`;
}
