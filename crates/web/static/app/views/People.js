// Finding colleagues by a part of their names.
import { html } from "../html.js";
import { useEffect, useMemo, useRef, useState } from "../../vendor/hooks.mjs";
import { Empty } from "../components/Empty.js";
import { Heading } from "../components/Heading.js";
import { Icon } from "../components/Icon.js";
import { PeopleList } from "../components/PeopleList.js";
import { pagesOf } from "../state/pages.js";
import { go } from "../state/route.js";
import { t } from "../text/words.js";
import { people } from "./reading.js";

/** @import { Route } from "../types.js" */

/** How long, in milliseconds, a user pauses before the search follows their typing. */
const PAUSE = 250;

/** @param {{route: Route}} props */
export function People({ route }) {
  const query = route.query.get("query") ?? "";
  const [typed, setTyped] = useState(query);
  const timer = useRef(0);
  const pages = useMemo(() => pagesOf("/api/users", query ? { query } : {}, people, route.fresh), [route]);
  useEffect(() => {
    if (query !== typed.trim()) setTyped(query);
  }, [query]);
  /** @param {string} wish */
  const search = (wish) => {
    clearTimeout(timer.current);
    const address = wish.trim() ? `/people?${new URLSearchParams({ query: wish.trim() })}` : "/people";
    go(address, { replace: true });
  };
  /** @param {InputEvent} event */
  const onInput = (event) => {
    const wish = /** @type {HTMLInputElement} */ (event.target).value;
    setTyped(wish);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => search(wish), PAUSE);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  const empty = html`<${Empty} title=${t("people.noneTitle")} text=${t("people.none", { query })} />`;
  return html`<${Heading} title=${t("people")} />
    <form class="search" role="search" onSubmit=${(/** @type {SubmitEvent} */ event) => { event.preventDefault(); search(typed); }}>
      <${Icon} name="search" />
      <label class="hidden" for="search">${t("people.search")}</label>
      <input id="search" type="search" autocomplete="off" maxlength="50" placeholder=${t("people.search")} value=${typed} onInput=${onInput} />
    </form>
    <${PeopleList} key=${pages.serial} pages=${pages} label=${t("people")} empty=${empty} />`;
}
