// What a person looks like here: their avatar, or coloured initials. Neither says anything that the name beside them doesn't.
import { html } from "../html.js";
import { fullName, hue, initials } from "../text/person.js";
import { Img } from "./Img.js";

/** @import { Person } from "../types.js" */

/** @param {{person?: Person | null, picture?: string | null, size?: "small" | "large"}} props `picture`: where the avatar is */
export function Avatar({ person, picture, size }) {
  // The initials are seen until the picture is there, and where it is not.
  return html`<span class=${`avatar ${size ?? ""}`} style=${{ "--hue": hue(person?.name ?? "") }} aria-hidden="true">${initials(person ? fullName(person) : "")}${picture
    && html`<${Img} key=${picture} src=${picture} alt="" width=${96} height=${96} loading="lazy" decoding="async" draggable=${false} />`}</span>`;
}
