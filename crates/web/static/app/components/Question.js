// Asks before something that can't be taken back.
import { html } from "../html.js";
import { useState } from "../../vendor/hooks.mjs";
import { t } from "../text/words.js";
import { Dialog } from "./Dialog.js";

/**
 * @param {{title: string, text: string, yes: string, act: () => Promise<void>, close: () => void, ready?: boolean, children?: any}} props
 *   `ready`: whether what is asked for besides is there
 */
export function Question({ title, text, yes, act, close, ready = true, children }) {
  const [busy, setBusy] = useState(false);
  const agree = async () => {
    setBusy(true);
    await act();
    setBusy(false);
  };
  return html`<${Dialog} label=${title} kind="question" close=${close}>
    <h2>${title}</h2>
    <p>${text}</p>
    ${children}
    <div class="row end">
      <button type="button" class="button quiet" onClick=${close}>${t("cancel")}</button>
      <button type="button" class="button danger" disabled=${busy || !ready} onClick=${agree}>${yes}</button>
    </div>
  <//>`;
}
