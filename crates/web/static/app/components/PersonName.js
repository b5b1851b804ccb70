// A name that leads to the person, kept apart from the text around it.
import { html } from "../html.js";

/** @import { Person } from "../types.js" */

/** @param {{person: Person}} props */
export function PersonName({ person }) {
  return html`<a class="person-name" href=${`/users/${person.id}`}><bdi>${person.name}</bdi></a>`;
}
