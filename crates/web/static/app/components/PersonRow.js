import { html } from "../html.js";
import { secondName } from "../text/person.js";
import { t } from "../text/words.js";
import { Avatar } from "./Avatar.js";
import { Bot } from "./Bot.js";
import { FollowButton } from "./FollowButton.js";
import { PersonName } from "./PersonName.js";

/** @import { FoundPerson } from "../types.js" */

/** @param {{person: FoundPerson}} props */
export function PersonRow({ person }) {
  const second = secondName(person);
  return html`<li class="person">
    <a class="portrait" href=${`/users/${person.id}`} tabindex="-1" aria-hidden="true"><${Avatar} person=${person} picture=${person.avatar} /></a>
    <div class="who">
      <${PersonName} person=${person} alone />
      <span class="about">
        <${Bot} person=${person} />
        ${second && html`<bdi class="second-name">${second}</bdi>`}
        ${person.followers_count !== undefined && html`<span>${t("followers", { n: person.followers_count })}</span>`}
      </span>
    </div>
    <${FollowButton} person=${person} />
  </li>`;
}
