// The pictures of the draft: what they look like, how far they are, and away with them.
import { html } from "../html.js";
import { detach, pictures } from "../state/draftPictures.js";
import { t } from "../text/words.js";
import { Icon } from "./Icon.js";

export function DraftPictures() {
  if (!pictures.value.length) return null;
  return html`<ul class="draft-pictures" aria-label=${t("draft.pictures")}>${pictures.value.map((picture) => html`<li key=${picture.number}
    class=${picture.problem ? "bad" : ""}>
    <img src=${picture.preview || undefined} alt=${picture.name} />
    ${picture.mediaId === null && !picture.problem && html`<progress value=${picture.progress} max="1" aria-label=${t("draft.progress", { name: picture.name })}></progress>`}
    ${picture.problem && html`<p role="alert">${picture.problem}</p>`}
    <button type="button" class="round" aria-label=${t("draft.remove", { name: picture.name })} onClick=${() => detach(picture.number)}><${Icon} name="close" /></button>
  </li>`)}</ul>`;
}
