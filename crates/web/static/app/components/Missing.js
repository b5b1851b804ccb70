// Who has not said yet that they have read an announcement: as a list, and as a table for spreadsheets.
import { html } from "../html.js";
import { missing } from "../state/announcements.js";
import { csv } from "../text/csv.js";
import { t } from "../text/words.js";
import { useLoaded } from "../views/useLoaded.js";
import { Dialog } from "./Dialog.js";
import { PersonName } from "./PersonName.js";
import { Trouble } from "./Trouble.js";

/** @import { FoundPerson } from "../types.js" */

/** So many are listed; all are in the table. */
const LISTED = 200;

/** @param {FoundPerson[]} people */
function save(people) {
  const rows = people.map(({ id, name, first_name, last_name }) => [id, name, first_name ?? "", last_name ?? ""]);
  const file = new Blob([csv([["id", "nickname", "first_name", "last_name"], ...rows])], { type: "text/csv;charset=utf-8" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = "missing.csv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** @param {{id: number, close: () => void}} props */
export function Missing({ id, close }) {
  const { found, failure, retry } = useLoaded(() => missing(id), id);
  const list = (/** @type {FoundPerson[]} */ people) => html`<p>${people.length ? t("announcements.missingCount", { n: people.length }) : t("announcements.nobodyMissing")}</p>
    <ul class="missing">${people.slice(0, LISTED).map((person) => html`<li key=${person.id}><${PersonName} person=${person} /></li>`)}</ul>
    ${people.length > LISTED && html`<p class="small">${t("announcements.more", { n: people.length - LISTED })}</p>`}`;
  return html`<${Dialog} label=${t("announcements.missing")} kind="sheet" close=${close}>
    <h2>${t("announcements.missing")}</h2>
    ${failure ? html`<${Trouble} failure=${failure} retry=${retry} />` : found ? list(found) : html`<p role="status">${t("loading")}</p>`}
    <div class="row end">
      ${found && found.length > 0 && html`<button type="button" class="button" onClick=${() => save(found)}>${t("announcements.save")}</button>`}
      <button type="button" class="button quiet" onClick=${close}>${t("close")}</button>
    </div>
  <//>`;
}
