import { html } from "../html.js";
import { useState } from "../../vendor/hooks.mjs";
import { toggleLike } from "../state/tweets.js";
import { short } from "../text/numbers.js";
import { t } from "../text/words.js";
import { Icon } from "./Icon.js";

/** @import { Tweet } from "../types.js" */

/** @param {{tweet: Tweet}} props */
export function LikeButton({ tweet }) {
  // The heart beats for a click, not for a tweet that was liked before.
  const [beats, setBeats] = useState(false);
  const click = () => {
    setBeats(!tweet.liked);
    void toggleLike(tweet.id);
  };
  return html`<button type="button" class=${`action like ${beats ? "beats" : ""}`} aria-pressed=${tweet.liked} onClick=${click}
    aria-label=${`${t("like")}, ${t("likes", { n: tweet.likes_count })}`}>
    <${Icon} name="heart" /><span class="count">${tweet.likes_count > 0 && short(tweet.likes_count)}</span>
  </button>`;
}
