// An endless list of tweets.
import { html } from "../html.js";
import { useComputed } from "../../vendor/signals.mjs";
import { useEffect, useRef } from "../../vendor/hooks.mjs";
import { published } from "../state/draft.js";
import { tweetOf } from "../state/tweets.js";
import { Chunk } from "./Chunk.js";
import { stepTweets } from "./stepping.js";
import { Tail } from "./Tail.js";
import { TweetCard } from "./TweetCard.js";

/** @import { Pages } from "../state/pages.js" */

/**
 * @param {{pages: Pages<number>, label: string, empty: any, takesMine?: boolean, end?: any, apart?: Set<number>}} props
 *   `takesMine`: what I publish meanwhile belongs on top; `end`: what is said behind the last one; `apart`: what
 *   stands elsewhere on the page
 */
export function TweetFeed({ pages, label, empty, takesMine = false, end, apart }) {
  const taken = useRef(published.value);
  const mine = published.value;
  useEffect(() => {
    if (takesMine && mine !== taken.current) pages.prepend([mine]);
    taken.current = mine;
  }, [mine, pages]);
  const some = useComputed(() => pages.pages.value.some((page) => page.items.some((id) => tweetOf(id).value)));
  if (!some.value && pages.ended.value) return empty;
  let before = 0;
  return html`
    ${some.value && html`<div class="feed" role="feed" aria-label=${label} aria-busy=${pages.busy.value} onKeyDown=${step}>
      ${pages.pages.value.map((page) => {
        const start = before;
        before += page.items.length;
        return html`<${Chunk} key=${page.number} page=${page}
          draw=${(/** @type {number} */ id, /** @type {number} */ index) => !apart?.has(id) && html`<${TweetCard} key=${id} id=${id} position=${start + index + 1} />`} />`;
      })}
    </div>`}
    <${Tail} pages=${pages} kind="tweet" end=${end} />`;
}

/**
 * Page Down and Page Up step from tweet to tweet, as screen readers announce for a feed.
 * @param {KeyboardEvent} event
 */
function step(event) {
  const by = /** @type {Record<string, 1 | -1>} */ ({ PageDown: 1, PageUp: -1 })[event.key];
  if (!by || document.querySelector("dialog[open]")) return;
  if (stepTweets(by)) event.preventDefault();
}
