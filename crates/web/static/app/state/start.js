// The view of the feed that the page begins with: the last one, or always the same.
import { computed } from "../../vendor/signals.mjs";
import { lastAddress } from "./feedView.js";
import { kept } from "./kept.js";

/** @typedef {"last" | "popular" | "recent" | "all" | "all-recent"} Start */

export const STARTS = /** @type {const} */ ({ last: "", popular: "/", recent: "/?sort=recent", all: "/?scope=all", "all-recent": "/?scope=all&sort=recent" });

const chosen = kept("tweetty.start", Object.keys(STARTS));

export const start = computed(() => /** @type {Start} */ (chosen.value || "last"));
export const startAddress = computed(() => STARTS[start.value] || lastAddress.value);

/** @param {Start} wish */
export function chooseStart(wish) {
  chosen.value = wish;
}
