// Colleagues who are read a lot and whom I don't follow yet.
import { html } from "../html.js";
import { useEffect, useId, useMemo } from "../../vendor/hooks.mjs";
import { useSignal } from "../../vendor/signals.mjs";
import { isFollowed, learnFollowees } from "../state/followees.js";
import { me } from "../state/session.js";
import { suggest, suggested } from "../state/suggestions.js";
import { t } from "../text/words.js";
import { PersonRow } from "./PersonRow.js";

/** @import { Person } from "../types.js" */

/** @param {{most: number, landmark?: boolean}} props `landmark` unless they stand within one */
export function Suggestions({ most, landmark = false }) {
  const shown = useSignal(/** @type {Person[] | null} */ (null));
  const id = useId();
  const viewer = me.value?.id;
  const found = suggested.value;
  const known = found?.length ? isFollowed(found[0].id) !== undefined : false;
  useEffect(() => {
    if (viewer) void learnFollowees().then(suggest);
  }, [viewer]);
  // A user who is followed from here stays in sight, so that following can be taken back.
  useMemo(() => {
    if (found && known && !shown.peek()) shown.value = found.filter((person) => person.id !== viewer && !isFollowed(person.id)).slice(0, most);
  }, [found, known]);
  if (!shown.value?.length) return null;
  return html`<div class="suggestions" role=${landmark ? "region" : "group"} aria-labelledby=${id}><h2 id=${id}>${t("suggestions")}</h2>
    <ul class="people">${shown.value.map((person) => html`<${PersonRow} key=${person.id} person=${person} />`)}</ul>
  </div>`;
}
