// The tweets of those whom I follow, or of the whole company.
import { html } from "../html.js";
import { useEffect, useMemo } from "../../vendor/hooks.mjs";
import { Composer } from "../components/Composer.js";
import { Empty } from "../components/Empty.js";
import { Heading } from "../components/Heading.js";
import { NewsPill } from "../components/NewsPill.js";
import { Segments } from "../components/Segments.js";
import { Suggestions } from "../components/Suggestions.js";
import { TweetFeed } from "../components/TweetFeed.js";
import { watchFor } from "../state/news.js";
import { pagesOf } from "../state/pages.js";
import { go } from "../state/route.js";
import { t } from "../text/words.js";
import { tweetIds } from "./reading.js";

/** @import { Route } from "../types.js" */

/**
 * @param {"following" | "all"} scope
 * @param {"popular" | "recent"} sort
 */
function address(scope, sort) {
  const query = new URLSearchParams();
  if (scope === "all") query.set("scope", scope);
  if (sort === "recent") query.set("sort", sort);
  return query.size ? `/?${query}` : "/";
}

/** @param {{route: Route}} props */
export function Feed({ route }) {
  const scope = route.query.get("scope") === "all" ? "all" : "following";
  const sort = route.query.get("sort") === "recent" ? "recent" : "popular";
  const pages = useMemo(() => pagesOf("/api/tweets", { scope, sort }, tweetIds, route.fresh), [route]);
  useEffect(() => watchFor(scope, route.fresh), [route]);
  const scopes = /** @type {const} */ (["following", "all"]).map((entry) => ({ path: address(entry, sort), text: t(`scope.${entry}`), here: entry === scope }));
  const orders = /** @type {const} */ (["popular", "recent"]).map((entry) => ({ path: address(scope, entry), text: t(`sort.${entry}`), here: entry === sort }));
  const all = html`<a class="button" href=${address("all", sort)}>${t("feed.all")}</a>`;
  const empty = scope === "following"
    ? html`<${Empty} title=${t("feed.emptyTitle")} text=${t("feed.empty")}>${all}<//><${Suggestions} most=${8} landmark />`
    : html`<${Empty} title=${t("feed.nobodyTitle")} text=${t("feed.nobody")} />`;
  return html`
    <${Heading} title=${t("home")}>
      <${Segments} label=${t("scope")} entries=${scopes} />
      <${Segments} label=${t("sort")} entries=${orders} />
    <//>
    <${NewsPill} show=${() => go(address(scope, "recent"))} />
    <div class="at-desk"><${Composer} /></div>
    <${TweetFeed} key=${pages.serial} pages=${pages} label=${t("home")} empty=${empty} takesMine />`;
}
