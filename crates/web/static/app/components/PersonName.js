// A name that leads to the person, kept apart from the text around it: the full name first, the nickname second.
import { html } from "../html.js";
import { fullName, secondName } from "../text/person.js";
import { Bot } from "./Bot.js";

/** @import { Person } from "../types.js" */

/** @param {{person: Person, alone?: boolean}} props `alone`: nickname and mark stand elsewhere */
export function PersonName({ person, alone = false }) {
  const second = alone ? "" : secondName(person);
  return html`<a class="person-name" href=${`/users/${person.id}`}><bdi>${fullName(person)}</bdi>${second && html` <bdi class="second-name">${second}</bdi>`}</a>${!alone && html` <${Bot} person=${person} />`}`;
}
