// The page, from here on.
import { render } from "../vendor/preact.mjs";
import { Notices } from "./components/Notices.js";
import { Shell } from "./components/Shell.js";
import { html } from "./html.js";
import "./state/focus.js";
import "./state/keptDraft.js";
import { key } from "./state/key.js";
import "./state/leaving.js";
import { learnLimits } from "./state/limits.js";
import { go, route } from "./state/route.js";
import "./state/scheme.js";
import { startAddress } from "./state/start.js";
import { Feed } from "./views/Feed.js";
import { Nowhere } from "./views/Nowhere.js";
import { OneTweet } from "./views/OneTweet.js";
import { People } from "./views/People.js";
import { Settings } from "./views/Settings.js";
import { SignIn } from "./views/SignIn.js";
import { User } from "./views/User.js";

const VIEWS = { feed: Feed, people: People, settings: Settings, tweet: OneTweet, user: User, followers: User, following: User, nowhere: Nowhere };

function App() {
  const here = route.value;
  const View = VIEWS[here.name];
  return html`${key.value ? html`<${Shell}><${View} key=${View.name + here.id} route=${here} /><//>` : html`<${SignIn} />`}<${Notices} />`;
}

// Only a new visit has no history state.
if (location.pathname + location.search === "/" && history.state === null && startAddress.peek() !== "/") go(startAddress.peek(), { replace: true });
void learnLimits();
render(html`<${App} />`, /** @type {HTMLElement} */ (document.getElementById("page")));
