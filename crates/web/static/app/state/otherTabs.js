// Shares what the user does with the other tabs of this browser.
import { me } from "./session.js";

/** @typedef {{like: number, liked: boolean} | {remove: number} | {follow: number, followed: boolean}} Action */

const channel = new BroadcastChannel("tweetty.actions");

/** @param {Action} action one that the server has accepted */
export function share(action) {
  channel.postMessage({ user: me.peek()?.id, action });
}

/** @param {(action: Action) => void} act */
export function onShared(act) {
  channel.addEventListener("message", ({ data }) => {
    if (me.peek() && data.user === me.peek()?.id) act(data.action);
  });
}
