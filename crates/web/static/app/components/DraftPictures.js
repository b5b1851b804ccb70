// The pictures of the draft: what they look like, how far they are, what they show, and away with them.
import { html } from "../html.js";
import { useId } from "../../vendor/hooks.mjs";
import { describe, descriptionOver, detach, pictures, retry } from "../state/draftPictures.js";
import { t } from "../text/words.js";
import { Icon } from "./Icon.js";
import { TextArea } from "./TextArea.js";

/** @import { DraftPicture } from "../types.js" */

export function DraftPictures() {
  if (!pictures.value.length) return null;
  return html`<ul class="draft-pictures" aria-label=${t("draft.pictures")}>${pictures.value.map((picture) => html`<li key=${picture.number}>
    <div class=${`preview ${picture.problem ? "bad" : ""}`}>
      <img src=${picture.preview || undefined} alt=${picture.name} />
      ${picture.mediaId === null && !picture.problem && html`<${Progress} picture=${picture} />`}
      ${picture.problem && html`<p role="alert">${picture.problem}</p>`}
      <button type="button" class="round" aria-label=${t("draft.remove", { name: picture.name })} onClick=${() => detach(picture.number)}><${Icon} name="close" /></button>
    </div>
    ${picture.problem && picture.again && html`<button type="button" class="button quiet" aria-label=${t("draft.again", { name: picture.name })} onClick=${() => retry(picture.number)}>${t("retry")}</button>`}
    ${picture.still && html`<p class="small" role="status">${t("draft.still")}</p>`}
    ${!picture.problem && html`<${Description} picture=${picture} />`}
  </li>`)}</ul>`;
}

/** How far an upload is. Once all is sent, the remaining time is unknown. @param {{picture: DraftPicture}} props */
function Progress({ picture: { name, progress } }) {
  return progress < 1
    ? html`<progress key="sending" value=${progress} max="1" aria-label=${t("draft.progress", { name })}></progress>`
    : html`<progress key="preparing" aria-label=${t("draft.prepares", { name })}></progress>`;
}

/** What those read or hear who can't see the picture. @param {{picture: DraftPicture}} props */
function Description({ picture }) {
  const id = useId();
  const over = descriptionOver(picture);
  return html`
    <label class="hidden" for=${id}>${t("draft.describe", { name: picture.name })}</label>
    <${TextArea} id=${id} class="description" placeholder=${t("draft.describeHint")} value=${picture.description}
      aria-invalid=${over > 0} aria-describedby=${over > 0 ? `${id}-over` : undefined}
      write=${(/** @type {string} */ written) => describe(picture.number, written)} />
    ${over > 0 && html`<p id=${`${id}-over`} class="refusal" role="status">${t("draft.over", { n: over })}</p>`}`;
}
