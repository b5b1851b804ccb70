// Says that somebody is a program.
import { html } from "../html.js";
import { t } from "../text/words.js";

/** @import { Person } from "../types.js" */

/** @param {{person: Person}} props */
export function Bot({ person }) {
  return person.bot ? html`<span class="bot">${t("bot")}</span>` : null;
}
