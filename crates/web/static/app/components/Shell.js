// What surrounds every view.
import { html } from "../html.js";
import { useEffect, useState } from "../../vendor/hooks.mjs";
import { bringsFiles, carriedFiles } from "../state/carried.js";
import { writing } from "../state/draft.js";
import { attach } from "../state/draftPictures.js";
import { online } from "../state/connection.js";
import { route } from "../state/route.js";
import { me, meet } from "../state/session.js";
import { t } from "../text/words.js";
import { Composer } from "./Composer.js";
import { Dialog } from "./Dialog.js";
import { Icon } from "./Icon.js";
import { KeyEndBanner } from "./KeyEndBanner.js";
import { Navigation } from "./Navigation.js";
import { OfflineBanner } from "./OfflineBanner.js";
import { Shortcuts } from "./Shortcuts.js";
import { Suggestions } from "./Suggestions.js";

const wide = matchMedia("(min-width: 75rem)");

/** @param {{children: any}} props */
export function Shell({ children }) {
  const [roomy, setRoomy] = useState(wide.matches);
  const connected = online.value;
  const here = route.value;
  useEffect(() => {
    if (connected && !me.peek()) void meet();
  }, [connected, here]);
  useEffect(() => {
    const resized = () => setRoomy(wide.matches);
    wide.addEventListener("change", resized);
    const inField = (/** @type {DragEvent} */ event) => event.target instanceof Element && event.target.closest("textarea, input") !== null;
    // A picture that is dropped beside the paper opens one, instead of the picture in place of the page. Text may be
    // dropped into a field.
    const over = (/** @type {DragEvent} */ event) => {
      if (bringsFiles(event) || !inField(event)) event.preventDefault();
    };
    const drop = (/** @type {DragEvent} */ event) => {
      const files = carriedFiles(event.dataTransfer);
      if (!files.length && inField(event)) return;
      event.preventDefault();
      if (!files.length) return;
      void attach(files);
      writing.value = true;
    };
    addEventListener("dragover", over);
    addEventListener("drop", drop);
    return () => {
      wide.removeEventListener("change", resized);
      removeEventListener("dragover", over);
      removeEventListener("drop", drop);
    };
  }, []);
  const write = () => (writing.value = true);
  const close = () => (writing.value = false);
  return html`<a class="skip" href="#main">${t("skip")}</a>
    <div class="shell">
      <${Navigation} write=${write} />
      <main id="main"><${OfflineBanner} /><${KeyEndBanner} />${children}</main>
      <aside class="beside" aria-label=${t("beside")}>${roomy && html`<${Suggestions} most=${5} />`}</aside>
    </div>
    <${Shortcuts} write=${write} />
    ${writing.value && html`<${Dialog} label=${t("write")} kind="sheet" close=${close}>
      <div class="row"><h2 class="grow">${t("write")}</h2><button type="button" class="action" aria-label=${t("close")} onClick=${close}><${Icon} name="close" /></button></div>
      <${OfflineBanner} />
      <${Composer} focus done=${close} />
    <//>`}`;
}
