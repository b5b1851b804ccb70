// One tweet.
import { html } from "../html.js";
import { useEffect, useRef } from "../../vendor/hooks.mjs";
import { go } from "../state/route.js";
import { mayAnnounce } from "../state/session.js";
import { tweetOf } from "../state/tweets.js";
import { fullName } from "../text/person.js";
import { briefly, wholly } from "../text/time.js";
import { AnnounceButton } from "./AnnounceButton.js";
import { Avatar } from "./Avatar.js";
import { CopyLink } from "./CopyLink.js";
import { DeleteButton } from "./DeleteButton.js";
import { LikeButton } from "./LikeButton.js";
import { PersonName } from "./PersonName.js";
import { PictureGrid } from "./PictureGrid.js";
import { TweetText } from "./TweetText.js";

/** How long, in milliseconds, a click on text waits for a second one, which selects a word. */
const DOUBLE = 300;

/**
 * @param {{id: number, position?: number, alone?: boolean}} props
 *   `position` from 1 in a list, `alone` on a page of its own
 */
export function TweetCard({ id, position = 0, alone = false }) {
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  const tweet = tweetOf(id).value;
  if (!tweet) return null;
  const path = `/tweets/${id}`;
  /** @param {MouseEvent} event */
  const open = (event) => {
    const target = /** @type {Element} */ (event.target);
    clearTimeout(timer.current);
    const selects = () => getSelection()?.toString();
    if (alone || target.closest("a, button, dialog") || selects()) return;
    if (target.closest(".tweet-text")) timer.current = setTimeout(() => selects() || go(path), DOUBLE);
    else go(path);
  };
  /** @param {KeyboardEvent} event */
  const onKeyDown = (event) => {
    if (!alone && event.key === "Enter" && event.target === event.currentTarget) go(path);
  };
  const place = position ? { "aria-posinset": position, "aria-setsize": -1 } : {};
  return html`<article class=${`tweet ${alone ? "alone" : ""}`} tabindex="-1" aria-labelledby=${`author-${id}`} ...${place} onClick=${open} onKeyDown=${onKeyDown}>
    <a class="portrait" href=${`/users/${tweet.author.id}`} tabindex="-1" aria-hidden="true"><${Avatar} person=${tweet.author} picture=${tweet.author.avatar} /></a>
    <header id=${`author-${id}`}>
      <${PersonName} person=${tweet.author} />
      <a class="moment" href=${path} title=${wholly(tweet.created_at)}>
        <time datetime=${tweet.created_at}>${alone ? wholly(tweet.created_at) : briefly(tweet.created_at)}</time>
      </a>
    </header>
    <div class="tweet-body">
      <${TweetText} text=${tweet.content} />
      ${tweet.media.length > 0 && html`<${PictureGrid} pictures=${tweet.media} author=${fullName(tweet.author)} eager=${alone || position <= 3} />`}
      <footer>
        <${LikeButton} tweet=${tweet} />
        <${CopyLink} path=${path} />
        ${mayAnnounce.value && html`<${AnnounceButton} id=${id} />`}
        <${DeleteButton} tweet=${tweet} />
      </footer>
    </div>
  </article>`;
}
