// An endless list of people.
import { html } from "../html.js";
import { Chunk } from "./Chunk.js";
import { PersonRow } from "./PersonRow.js";
import { Tail } from "./Tail.js";

/** @import { Pages } from "../state/pages.js" */
/** @import { FoundPerson } from "../types.js" */

/** @param {{pages: Pages<FoundPerson>, label: string, empty: any}} props */
export function PeopleList({ pages, label, empty }) {
  const shown = pages.pages.value;
  if (!shown.length && pages.ended.value) return empty;
  return html`
    ${shown.length > 0 && html`<section aria-label=${label}>${shown.map((page) => html`<${Chunk} key=${page.number} page=${page} tag="ul" kind="people"
      draw=${(/** @type {FoundPerson} */ person) => html`<${PersonRow} key=${person.id} person=${person} />`} />`)}</section>`}
    <${Tail} pages=${pages} kind="person" />`;
}
