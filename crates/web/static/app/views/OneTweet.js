// A tweet on a page of its own, with those who like it.
import { html } from "../html.js";
import { useState } from "../../vendor/hooks.mjs";
import { Empty } from "../components/Empty.js";
import { Heading } from "../components/Heading.js";
import { PeopleList } from "../components/PeopleList.js";
import { PersonName } from "../components/PersonName.js";
import { Skeletons } from "../components/Skeletons.js";
import { Trouble } from "../components/Trouble.js";
import { TweetCard } from "../components/TweetCard.js";
import { Pages } from "../state/pages.js";
import { load, tweetOf } from "../state/tweets.js";
import { t } from "../text/words.js";
import { likers as likersOf } from "./reading.js";
import { useLoaded } from "./useLoaded.js";

/** @import { FoundPerson, Route, Tweet } from "../types.js" */

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
  const likers = tweet.likes;
  const [pages, setPages] = useState(/** @type {Pages<FoundPerson> | null} */ (null));
  if (!tweet.likes_count) return null;
  const more = tweet.likes_count - likers.length;
  const title = html`<h2 id="likers">${t("likes", { n: tweet.likes_count })}</h2>`;
  if (pages) {
    return html`<section class="likers" aria-labelledby="likers">${title}<${PeopleList} pages=${pages} label=${t("likers.list")} empty=${null} /></section>`;
  }
  const showAll = () => {
    const list = new Pages(`/api/tweets/${tweet.id}/likes`, {}, likersOf);
    setPages(list);
    void list.more();
  };
  return html`<section class="likers" aria-labelledby="likers">${title}
    <ul>${likers.map((liker) => html`<li key=${liker.user_id}><${PersonName} person=${{ id: liker.user_id, name: liker.name }} /></li>`)}
      ${more > 0 && likers.length > 0 && html`<li><button type="button" class="link" onClick=${showAll}>${t("likers.more", { n: more })}</button></li>`}</ul>
  </section>`;
}
