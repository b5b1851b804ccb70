import { html } from "../html.js";
import { useEffect } from "../../vendor/hooks.mjs";
import { isFollowed, learnFollowees, toggleFollow } from "../state/followees.js";
import { me } from "../state/session.js";
import { fullName } from "../text/person.js";
import { t } from "../text/words.js";

/** @import { Person } from "../types.js" */

/** @param {{person: Person, anew?: boolean, changed?: (followed: boolean) => void}} props `anew`: whether they can be followed who are not yet */
export function FollowButton({ person, anew = true, changed }) {
  const followed = isFollowed(person.id);
  useEffect(() => void learnFollowees(), [me.value?.id]);
  if (!me.value || person.id === me.value.id || (!anew && !followed)) return null;
  const click = () => {
    void toggleFollow(person.id);
    changed?.(!followed);
  };
  // Voice control needs the visible text in the name.
  const whom = { name: fullName(person) };
  const name = followed ? `${t("followed")}. ${t("unfollow.name", whom)}` : t("follow.name", whom);
  return html`<button type="button" class=${`button follow ${followed ? "quiet followed" : ""}`} disabled=${followed === undefined}
    aria-label=${name} onClick=${click}>
    ${followed ? html`<span class="now">${t("followed")}</span><span class="then">${t("unfollow")}</span>` : t("follow")}
  </button>`;
}
