// Moves the focus from tweet to tweet.

/** The tweet that contains the focus. */
export function focusedTweet() {
  return /** @type {HTMLElement | null} */ (document.activeElement?.closest("article") ?? null);
}

/**
 * Focuses the next or previous tweet; without a focused one, the first that is visible. Answers whether there is one.
 * @param {1 | -1} by
 */
export function stepTweets(by) {
  const tweets = [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[role=feed] article"))];
  const here = tweets.findIndex((tweet) => tweet === focusedTweet());
  const there = here < 0 ? tweets.find((tweet) => tweet.getBoundingClientRect().bottom > 0) : tweets[here + by];
  there?.focus();
  return there !== undefined;
}
