// A person: what they write, who follows them, whom they follow.
import { html } from "../html.js";
import { useMemo } from "../../vendor/hooks.mjs";
import { call } from "../api/call.js";
import { Avatar } from "../components/Avatar.js";
import { Bot } from "../components/Bot.js";
import { Empty } from "../components/Empty.js";
import { FollowButton } from "../components/FollowButton.js";
import { Heading } from "../components/Heading.js";
import { PeopleList } from "../components/PeopleList.js";
import { Segments } from "../components/Segments.js";
import { Skeletons } from "../components/Skeletons.js";
import { Trouble } from "../components/Trouble.js";
import { TweetFeed } from "../components/TweetFeed.js";
import { noteFollowed } from "../state/followees.js";
import { pagesOf } from "../state/pages.js";
import { me } from "../state/session.js";
import { NO_LIKERS } from "../state/tweets.js";
import { fullName, secondName } from "../text/person.js";
import { t } from "../text/words.js";
import { people, tweetIds } from "./reading.js";
import { useLoaded } from "./useLoaded.js";

/** @import { Pages } from "../state/pages.js" */
/** @import { FoundPerson, Profile, Route } from "../types.js" */

/** @param {number} id @returns {Promise<Profile>} */
async function load(id) {
  const { user } = await call("GET", `/api/users/${id}`, { query: { people: 1 } });
  const viewer = me.peek();
  // The viewer stands first where they are among the followers. Who they are may not be known yet; then whom they
  // follow is learned with it.
  if (viewer && viewer.id !== id) noteFollowed(id, user.followers[0]?.id === viewer.id);
  return user;
}

/** @param {{route: Route}} props */
export function User({ route }) {
  const { id, name } = route;
  const tweets = name === "user";
  // Asked for beside the profile, shown behind it: a long name must not push the list down.
  const pages = useMemo(() => (tweets ? pagesOf(`/api/users/${id}/tweets`, NO_LIKERS, tweetIds, route.fresh) : pagesOf(`/api${route.path}`, {}, people, route.fresh)), [route]);
  const { found: user, failure, retry, change } = useLoaded(() => load(id), id);
  const path = `/users/${id}`;
  if (failure?.kind === "not_found") {
    return html`<${Heading} title=${t("profile")} /><${Empty} title=${t("user.goneTitle")} text=${t("user.gone")}><a class="button" href="/people">${t("people")}</a><//>`;
  }
  if (failure) return html`<${Heading} title=${t("profile")} /><${Trouble} failure=${failure} retry=${retry} />`;
  const own = id === me.value?.id;
  const following = own ? me.value?.following_count : user?.following_count;
  const tabs = [
    { path, text: t("tweets"), here: tweets },
    { path: `${path}/followers`, text: t("followers", { n: user?.followers_count ?? 0 }), here: name === "followers" },
    { path: `${path}/following`, text: t("following", { n: following ?? 0 }), here: name === "following" },
  ];
  const role = user && user.role !== "member" && t(`role.${user.role}`);
  const office = user && [!user.active && t("user.left"), role, user.title, user.department].filter(Boolean).join(" · ");
  const second = user ? secondName(user) : "";
  const followed = (/** @type {boolean} */ now) => user && change({ ...user, followers_count: user.followers_count + (now ? 1 : -1) });
  return html`<div class=${`profile ${user ? "" : "unknown"}`}>
      <${Avatar} person=${user} picture=${own ? me.value?.avatar_large : user?.avatar_large} size="large" />
      <${Heading} title=${user ? fullName(user) : t("profile")} />
      ${user && !own && html`<${FollowButton} person=${user} anew=${user.active} changed=${followed} />`}
      ${(second || office || user?.bot) && html`<p class="office">${user?.bot && html`<${OfBot} user=${user} />${(second || office) && " · "}`}${second && html`<bdi class="second-name">${second}</bdi>`}${second && office && " · "}${office}</p>`}
      <${Segments} label=${t("profile")} entries=${tabs} />
    </div>
    ${!user
      ? html`<${Skeletons} count=${6} kind=${tweets ? "tweet" : "person"} />`
      : tweets
        ? html`<${Tweets} pages=${pages} own=${own} />`
        : html`<${Around} pages=${pages} word=${name} />`}`;
}

/** What it is, and who answers for it. @param {{user: Profile}} props */
function OfBot({ user }) {
  const { owner } = user;
  return html`<${Bot} person=${user} />${owner && html` ${t("bot.owner")} <a href=${`/users/${owner.id}`}><bdi>${owner.name}</bdi></a>`}`;
}

/** @param {{pages: Pages<number>, own: boolean}} props */
function Tweets({ pages, own }) {
  const empty = html`<${Empty} title=${t("user.quietTitle")} text=${own ? t("user.quietMe") : t("user.quiet")} />`;
  return html`<${TweetFeed} key=${pages.serial} pages=${pages} label=${t("tweets")} empty=${empty} takesMine=${own} />`;
}

/** @param {{pages: Pages<FoundPerson>, word: "followers" | "following"}} props */
function Around({ pages, word }) {
  const empty = html`<${Empty} title=${t(`${word}.noneTitle`)} text=${t(`${word}.none`)} />`;
  return html`<${PeopleList} key=${pages.serial} pages=${pages} label=${t(`${word}.list`)} empty=${empty} />`;
}
