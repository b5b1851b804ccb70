// The tweets of those whom I follow, or of the whole company.
import { html } from "../html.js";
import { useEffect, useMemo } from "../../vendor/hooks.mjs";
import { Announcements } from "../components/Announcements.js";
import { Composer } from "../components/Composer.js";
import { Heading } from "../components/Heading.js";
import { NewsPill } from "../components/NewsPill.js";
import { Removals } from "../components/Removals.js";
import { Segments } from "../components/Segments.js";
import { TweetFeed } from "../components/TweetFeed.js";
import { announced, takeAnnouncements } from "../state/announcements.js";
import { addressOfView, PERIODS, rememberView, viewOf } from "../state/feedView.js";
import { takeNews, watchFor } from "../state/news.js";
import { pagesOf } from "../state/pages.js";
import { go } from "../state/route.js";
import { NO_LIKERS } from "../state/tweets.js";
import { t } from "../text/words.js";
import { QuietFeed } from "./QuietFeed.js";
import { tweetIds } from "./reading.js";

/** @import { Route } from "../types.js" */
/** @import { View } from "../state/feedView.js" */

/**
 * The first page has what is shown above it besides.
 * @param {any} body
 */
function read(body) {
  if (body.announcements) takeAnnouncements(body.announcements);
  return tweetIds(body);
}

/** @param {{route: Route}} props */
export function Feed({ route }) {
  const view = viewOf(route.query);
  const { scope, sort, period } = view;
  const popular = sort === "popular";
  const pages = useMemo(() => pagesOf("/api/tweets", { ...(popular ? view : { scope, sort }), ...NO_LIKERS }, read, route.fresh), [route]);
  useEffect(() => {
    rememberView(view);
    return watchFor(scope, route.fresh);
  }, [route]);
  const address = (/** @type {Partial<View>} */ change) => addressOfView({ ...view, ...change });
  const scopes = /** @type {const} */ (["following", "all"]).map((entry) => ({ path: address({ scope: entry }), text: t(`scope.${entry}`), here: entry === scope }));
  const orders = /** @type {const} */ (["popular", "recent"]).map((entry) => ({ path: address({ sort: entry }), text: t(`sort.${entry}`), here: entry === sort }));
  const periods = PERIODS.map((entry) => ({ path: address({ period: entry }), text: t(`period.${entry}`), here: entry === period }));
  const longer = popular && PERIODS[PERIODS.indexOf(period) + 1];
  const offer = longer && html`<a class="button" href=${address({ period: longer })}>${t("period.show", { past: t(`past.${longer}`) })}</a>`;
  const all = address({ scope: "all" });
  const empty = html`<${QuietFeed} view=${view} offer=${offer} all=${all} />`;
  // Among the popular ones new tweets stand nowhere yet: they are put on top.
  const showNews = () => {
    if (!popular) return go(address({}));
    pages.prepend(tweetIds({ tweets: takeNews() }));
    scrollTo({ top: 0 });
  };
  return html`
    <${Heading} title=${t("home")}>
      <${Segments} label=${t("scope")} entries=${scopes} />
      <${Segments} label=${t("sort")} entries=${orders} />
      ${popular && html`<${Segments} label=${t("period")} entries=${periods} />`}
    <//>
    <${NewsPill} show=${showNews} />
    <${Removals} />
    <div class="at-desk"><${Composer} /></div>
    <${Announcements} />
    <${TweetFeed} key=${pages.serial} pages=${pages} apart=${announced.value} label=${t("home")} empty=${empty} takesMine
      end=${offer && html`<div class="the-end"><p>${t("period.end", { past: t(`past.${period}`) })}</p>${offer}</div>`} />`;
}
