// The view of the feed that the page begins with.
import { computed } from "../../vendor/signals.mjs";
import { kept } from "./kept.js";

/** @typedef {"popular" | "recent" | "all" | "all-recent"} Start */

export const STARTS = /** @type {const} */ ({ popular: "/", recent: "/?sort=recent", all: "/?scope=all", "all-recent": "/?scope=all&sort=recent" });

const chosen = kept("tweetty.start", Object.keys(STARTS));

export const start = computed(() => /** @type {Start} */ (chosen.value || "popular"));
export const startAddress = computed(() => STARTS[start.value]);

/** @param {Start} wish */
export function chooseStart(wish) {
  chosen.value = wish;
}
