// What a tweet says: text and nothing but text, addresses in it can be followed.
import { html } from "../html.js";
import { pieces } from "../text/links.js";

/** @param {{text: string}} props */
export function TweetText({ text }) {
  return html`<p class="tweet-text" dir="auto">${pieces(text).map((piece) =>
    piece.address
      ? html`<a href=${piece.address} target=${piece.address.startsWith("mailto:") ? undefined : "_blank"} rel="noopener noreferrer nofollow" dir="ltr">${piece.text}</a>`
      : piece.text)}</p>`;
}
