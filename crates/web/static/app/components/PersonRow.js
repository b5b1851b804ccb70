import { html } from "../html.js";
import { t } from "../text/words.js";
import { Avatar } from "./Avatar.js";
import { FollowButton } from "./FollowButton.js";
import { PersonName } from "./PersonName.js";

/** @import { FoundPerson } from "../types.js" */

/** @param {{person: FoundPerson}} props */
export function PersonRow({ person }) {
  const whole = [person.first_name, person.last_name].filter(Boolean).join(" ");
  return html`<li class="person">
    <a class="portrait" href=${`/users/${person.id}`} tabindex="-1" aria-hidden="true"><${Avatar} name=${person.name} /></a>
    <div class="who">
      <${PersonName} person=${person} />
      <span class="about">
        ${whole && html`<bdi>${whole}</bdi>`}
        ${person.followers_count !== undefined && html`<span>${t("followers", { n: person.followers_count })}</span>`}
      </span>
    </div>
    <${FollowButton} person=${person} />
  </li>`;
}
