// Makes one more key, and shows it this once.
import { html } from "../html.js";
import { useRef, useState } from "../../vendor/hooks.mjs";
import { call } from "../api/call.js";
import { asFailure } from "../api/failure.js";
import { copy } from "../state/clipboard.js";
import { limits } from "../state/limits.js";
import { t } from "../text/words.js";
import { Dialog } from "./Dialog.js";

const DAY = 86_400;
/** Lifetimes to choose from, in days; 0 is as long as may be. */
const LIFETIMES = [30, 90, 365, 0];

/** @param {{made: () => Promise<void>}} props */
export function NewKey({ made }) {
  const [label, setLabel] = useState("");
  const [days, setDays] = useState(0);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const [fresh, setFresh] = useState("");
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const longest = limits.value?.key_lifetime ?? Infinity;
  const lifetimes = LIFETIMES.filter((choice) => choice * DAY < longest);
  const name = (/** @type {number} */ choice) =>
    choice ? t("keys.days", { n: choice }) : longest === Infinity ? t("keys.forever") : t("keys.longest", { n: Math.floor(longest / DAY) });
  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    setProblem("");
    if (!label.trim()) {
      setProblem(t("keys.needsLabel"));
      field.current?.focus();
      return;
    }
    setBusy(true);
    try {
      const ends_at = days ? new Date(Date.now() + days * DAY * 1000).toISOString() : null;
      const { key } = await call("POST", "/api/keys", { body: { label, ends_at } });
      setFresh(key);
      setLabel("");
      await made();
    } catch (error) {
      const failure = asFailure(error);
      setProblem(failure.kind === "conflict" ? t("keys.tooMany", { n: limits.value?.keys_per_user ?? 0 }) : failure.words);
      field.current?.focus();
    }
    setBusy(false);
  };
  return html`<form class="new-key" onSubmit=${submit}>
    <label for="key-label">${t("keys.label")}</label>
    <input id="key-label" ref=${field} type="text" maxlength="100" autocomplete="off" value=${label} placeholder=${t("keys.placeholder")}
      aria-describedby=${problem ? "key-problem" : undefined} aria-invalid=${problem !== ""}
      onInput=${(/** @type {InputEvent} */ event) => setLabel(/** @type {HTMLInputElement} */ (event.target).value)} />
    <label for="key-days">${t("keys.lifetime")}</label>
    <div class="row"><select id="key-days" class="grow" value=${days} onChange=${(/** @type {Event} */ event) => setDays(Number(/** @type {HTMLSelectElement} */ (event.target).value))}>
      ${lifetimes.map((choice) => html`<option key=${choice} value=${choice} selected=${choice === days}>${name(choice)}</option>`)}
    </select>
    <button type="submit" class="button" disabled=${busy}>${t("keys.make")}</button></div>
    ${problem && html`<p id="key-problem" class="refusal" role="alert">${problem}</p>`}
    ${fresh && html`<${FreshKey} value=${fresh} close=${() => setFresh("")} />`}
  </form>`;
}

/** @param {{value: string, close: () => void}} props */
function FreshKey({ value, close }) {
  const [copied, setCopied] = useState(/** @type {boolean | null} */ (null));
  const box = useRef(/** @type {HTMLInputElement | null} */ (null));
  const click = async () => {
    setCopied(await copy(value));
    box.current?.select();
  };
  const note = copied === null ? t("keys.once") : t(copied ? "keys.copied" : "keys.notCopied");
  return html`<${Dialog} label=${t("keys.fresh")} kind="question" close=${close}>
    <h2>${t("keys.fresh")}</h2>
    <div class="field"><input ref=${box} type="text" readonly value=${value} aria-label=${t("keys.fresh")} spellcheck=${false} onFocus=${() => box.current?.select()} />
      <button type="button" class="button" onClick=${click}>${t("keys.copy")}</button></div>
    <p role="status">${note}</p>
    <div class="row end"><button type="button" class="button quiet" onClick=${close}>${t("keys.done")}</button></div>
  <//>`;
}
