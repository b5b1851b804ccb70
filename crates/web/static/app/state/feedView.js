// What the feed shows: whose tweets, in which order, of which time. It stands in the address, and is remembered.
import { batch, computed } from "../../vendor/signals.mjs";
import { kept } from "./kept.js";

/** @typedef {"day" | "week" | "month" | "year" | "all"} Period */
/** @typedef {{scope: "following" | "all", sort: "popular" | "recent", period: Period}} View `period` is that of the popular ones */

export const PERIODS = /** @type {Period[]} */ (["day", "week", "month", "year", "all"]);

const scope = kept("tweetty.scope", ["all"]);
const sort = kept("tweetty.sort", ["recent"]);
const period = kept("tweetty.period", PERIODS);

/** @param {URLSearchParams} query @returns {View} */
export function viewOf(query) {
  const recent = query.get("sort") === "recent";
  const asked = recent ? period.peek() : query.get("period");
  return {
    scope: query.get("scope") === "all" ? "all" : "following",
    sort: recent ? "recent" : "popular",
    period: PERIODS.find((entry) => entry === asked) ?? "week",
  };
}

/** @param {View} view */
export function addressOfView(view) {
  const query = new URLSearchParams();
  if (view.scope === "all") query.set("scope", "all");
  if (view.sort === "recent") query.set("sort", "recent");
  else if (view.period !== "week") query.set("period", view.period);
  return query.size ? `/?${query}` : "/";
}

/** @param {View} view */
export function rememberView(view) {
  batch(() => {
    scope.value = view.scope;
    sort.value = view.sort;
    period.value = view.period;
  });
}

/** The address of what was shown last. */
export const lastAddress = computed(() => addressOfView(viewOf(new URLSearchParams({ scope: scope.value, sort: sort.value, period: period.value }))));
