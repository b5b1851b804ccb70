// Has a tweet shown to everybody first, until a day.
import { html } from "../html.js";
import { useState } from "../../vendor/hooks.mjs";
import { asFailure } from "../api/failure.js";
import { announce, announced } from "../state/announcements.js";
import { limits } from "../state/limits.js";
import { showNotice } from "../state/notices.js";
import { t } from "../text/words.js";
import { Dialog } from "./Dialog.js";
import { Icon } from "./Icon.js";

const DAY = 86_400_000;
const USUAL = 7;
const MOST = 365;

/** A day from now as the field has it, in local time. @param {number} days */
function day(days) {
  const date = new Date(Date.now() + days * DAY);
  return [date.getFullYear(), String(date.getMonth() + 1).padStart(2, "0"), String(date.getDate()).padStart(2, "0")].join("-");
}

/** @param {{id: number}} props */
export function AnnounceButton({ id }) {
  const [open, setOpen] = useState(false);
  if (announced.value.has(id)) return null;
  return html`<button type="button" class="action" aria-label=${t("announcements.announce")} title=${t("announcements.announce")} onClick=${() => setOpen(true)}>
      <${Icon} name="pin" />
    </button>
    ${open && html`<${Wish} id=${id} close=${() => setOpen(false)} />`}`;
}

/** @param {{id: number, close: () => void}} props */
function Wish({ id, close }) {
  const [until, setUntil] = useState(day(USUAL));
  const [asks, setAsks] = useState(false);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    setProblem("");
    const [year, month, date] = until.split("-").map(Number);
    // To the end of that day, where the user is.
    const end = new Date(year, month - 1, date, 23, 59, 59);
    if (!(end.getTime() > Date.now() && end.getTime() < Date.now() + (MOST + 1) * DAY)) {
      setProblem(t("announcements.badDay"));
      return;
    }
    setBusy(true);
    try {
      await announce(id, end, asks);
      close();
      showNotice(t("announcements.announced"));
    } catch (error) {
      const failure = asFailure(error);
      setProblem(failure.kind === "conflict" ? t("announcements.tooMany", { n: limits.value?.announcements ?? 0 }) : failure.words);
      setBusy(false);
    }
  };
  const typed = (/** @type {Event} */ event) => /** @type {HTMLInputElement} */ (event.target);
  return html`<${Dialog} label=${t("announcements.announce")} kind="question" close=${close}>
    <form class="announce" onSubmit=${submit}>
      <h2>${t("announcements.announce")}</h2>
      <p>${t("announcements.lead")}</p>
      <label for="announce-until">${t("announcements.last")}</label>
      <input id="announce-until" type="date" required min=${day(0)} max=${day(MOST)} value=${until} onInput=${(/** @type {Event} */ event) => setUntil(typed(event).value)} />
      <label class="row"><input type="checkbox" checked=${asks} onChange=${(/** @type {Event} */ event) => setAsks(typed(event).checked)} />${t("announcements.ask")}</label>
      ${problem && html`<p class="refusal" role="alert">${problem}</p>`}
      <div class="row end">
        <button type="button" class="button quiet" onClick=${close}>${t("cancel")}</button>
        <button type="submit" class="button" disabled=${busy}>${t("announcements.yes")}</button>
      </div>
    </form>
  <//>`;
}
