// Pictures that another tab is sending: a draft is in all tabs, a file and its upload only in one.

/** How long, in milliseconds, another tab may take to answer. */
const PATIENCE = 1500;

const channel = new BroadcastChannel("tweetty.uploads");

/**
 * Answers the questions of other tabs, and receives their progress.
 * @param {(number: number) => number | null} progressOf how far this tab is with a picture; null for one it doesn't send
 * @param {(number: number, progress: number) => void} received another tab is sending a picture
 */
export function shareUploads(progressOf, received) {
  channel.addEventListener("message", ({ data }) => {
    if ("ask" in data) {
      const progress = progressOf(data.ask);
      if (progress !== null) announceUpload(data.ask, progress);
    } else {
      received(data.number, data.progress);
    }
  });
}

/**
 * @param {number} number
 * @param {number} progress
 */
export function announceUpload(number, progress) {
  channel.postMessage({ number, progress });
}

/**
 * Whether another tab is sending that picture.
 * @param {number} number
 * @returns {Promise<boolean>}
 */
export function isSentElsewhere(number) {
  return new Promise((resolve) => {
    const listen = (/** @type {MessageEvent} */ { data }) => data.number === number && end(true);
    const end = (/** @type {boolean} */ answer) => {
      clearTimeout(timer);
      channel.removeEventListener("message", listen);
      resolve(answer);
    };
    const timer = setTimeout(() => end(false), PATIENCE);
    channel.addEventListener("message", listen);
    channel.postMessage({ ask: number });
  });
}
