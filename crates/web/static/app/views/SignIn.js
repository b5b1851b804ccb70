// Signing in with the key that the company gave.
import { html } from "../html.js";
import { useRef, useState } from "../../vendor/hooks.mjs";
import { Heading } from "../components/Heading.js";
import { LanguageChoice } from "../components/LanguageChoice.js";
import { Mark } from "../components/Mark.js";
import { asFailure } from "../api/failure.js";
import { aside } from "../state/draft.js";
import { expired, looksLikeKey } from "../state/key.js";
import { signIn } from "../state/session.js";
import { t } from "../text/words.js";

export function SignIn() {
  const [candidate, setCandidate] = useState("");
  const [shown, setShown] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    const typed = candidate.trim();
    setProblem("");
    if (!looksLikeKey(typed)) {
      setProblem(typed ? t("signIn.noKey") : t("signIn.empty"));
      field.current?.focus();
      return;
    }
    setBusy(true);
    try {
      await signIn(typed);
    } catch (error) {
      const failure = asFailure(error);
      setProblem(failure.kind === "unauthorized" ? t("signIn.refused") : failure.words);
      field.current?.focus();
    }
    setBusy(false);
  };
  const waits = aside.value?.text || aside.value?.pictures.length;
  const ended = waits ? `${t("signIn.expired")} ${t("signIn.kept")}` : t("signIn.expired");
  const note = expired.value && !problem ? ended : problem;
  return html`<main class="sign-in" id="main">
    <form onSubmit=${submit}>
      <div class="brand"><${Mark} /><${Heading} title=${t("signIn.title")} /></div>
      <p class="lead">${t("signIn.lead")}</p>
      <input class="hidden" type="text" autocomplete="username" value=${location.host} readonly tabindex="-1" aria-hidden="true" />
      <label for="key">${t("signIn.key")}</label>
      <div class="field">
        <input id="key" ref=${field} type=${shown ? "text" : "password"} autocomplete="current-password" autocapitalize="off" spellcheck=${false} value=${candidate}
          aria-describedby="key-note" aria-invalid=${problem !== ""} onInput=${(/** @type {InputEvent} */ event) => setCandidate(/** @type {HTMLInputElement} */ (event.target).value)} />
        <button type="button" class="button quiet" aria-pressed=${shown} onClick=${() => setShown(!shown)}>${t("signIn.show")}</button>
      </div>
      <p id="key-note" class=${note ? "refusal" : "small"} role=${note ? "alert" : undefined}>${note || t("signIn.hint")}</p>
      <button type="submit" class="button wide" disabled=${busy}>${busy ? t("signIn.busy") : t("signIn.go")}</button>
    </form>
    <${LanguageChoice} />
  </main>`;
}
