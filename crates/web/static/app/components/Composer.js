// Writing a tweet: text, and pictures by button, by drag and drop or by paste.
import { html } from "../html.js";
import { useEffect, useId, useRef, useState } from "../../vendor/hooks.mjs";
import { bringsFiles, carriedFiles } from "../state/carried.js";
import { obstacle, publish, ready, refusal, sending, text } from "../state/draft.js";
import { attach, preparing, uploading } from "../state/draftPictures.js";
import { limits } from "../state/limits.js";
import { me } from "../state/session.js";
import { plainText } from "../text/plain.js";
import { t } from "../text/words.js";
import { Avatar } from "./Avatar.js";
import { Counter } from "./Counter.js";
import { DraftPictures } from "./DraftPictures.js";
import { Icon } from "./Icon.js";
import { TextArea } from "./TextArea.js";

/** @param {{focus?: boolean, done?: () => void}} props */
export function Composer({ focus = false, done }) {
  const id = useId();
  const chooser = useRef(/** @type {HTMLInputElement | null} */ (null));
  const note = useRef(/** @type {HTMLElement | null} */ (null));
  const [over, setOver] = useState(false);
  useEffect(() => {
    // Below many pictures it would stand out of sight.
    if (note.current?.closest("form")?.contains(document.activeElement)) note.current.scrollIntoView({ block: "nearest" });
  }, [refusal.value]);
  /** @param {Event} [event] */
  const submit = async (event) => {
    event?.preventDefault();
    if (await publish()) done?.();
  };
  /** @param {KeyboardEvent} event */
  const onKeyDown = (event) => {
    // Enter also ends the composition of a character; Safari reports that by the key code alone.
    if (event.isComposing || event.keyCode === 229) return;
    const inField = event.target instanceof HTMLTextAreaElement;
    if (inField && event.key === "Enter" && (event.ctrlKey || event.metaKey)) void submit(event);
  };
  /** @param {ClipboardEvent} event */
  const onPaste = (event) => {
    const files = carriedFiles(event.clipboardData);
    if (!files.length) return;
    event.preventDefault();
    void attach(files);
  };
  /** @param {DragEvent} event */
  const onDrop = (event) => {
    setOver(false);
    const files = carriedFiles(event.dataTransfer);
    const words = files.length ? "" : plainText(event.dataTransfer?.getData("text/plain") ?? "");
    // The browser drops plain text into the field by itself, but not beside it, nor text that came with files.
    const native = event.target instanceof HTMLTextAreaElement && !bringsFiles(event);
    if (!files.length && (native || !words)) return;
    event.preventDefault();
    event.stopPropagation();
    void attach(files);
    if (words) text.value = text.value ? `${text.value}\n${words}` : words;
  };
  /** @param {DragEvent} event */
  const onDragOver = (event) => {
    // Text is left to the browser, which shows where it will go.
    if (!bringsFiles(event)) return;
    event.preventDefault();
    setOver(true);
  };
  const choose = () => {
    const input = chooser.current;
    if (!input?.files) return;
    void attach(input.files);
    input.value = "";
  };
  const state = sending.value ? "draft.sending" : !uploading.value ? "draft.publish" : preparing.value ? "draft.preparing" : "draft.uploading";
  return html`<form class=${`composer ${over ? "over" : ""}`} aria-label=${t("write")} onSubmit=${submit} onKeyDown=${onKeyDown}
    onDragOver=${onDragOver} onDragLeave=${() => setOver(false)} onDrop=${onDrop}>
    <${Avatar} person=${me.value} picture=${me.value?.avatar} />
    <div class="paper">
      <label class="hidden" for=${id}>${t("draft.label")}</label>
      <${TextArea} id=${id} autofocus=${focus} placeholder=${t("draft.placeholder")} value=${text.value} onPaste=${onPaste}
        write=${(/** @type {string} */ written) => (text.value = written)} />
      <${DraftPictures} />
      ${refusal.value && html`<p ref=${note} class="refusal" role="alert">${refusal.value.words}</p>`}
      <div class="row">
        <input ref=${chooser} type="file" class="hidden" tabindex="-1" multiple aria-label=${t("draft.attach")} accept=${limits.value?.image_formats.join() ?? "image/*"} onChange=${choose} />
        <button type="button" class="action" title=${t("draft.attach")} aria-label=${t("draft.attach")} onClick=${() => chooser.current?.click()}><${Icon} name="picture" /></button>
        <span class="grow"></span>
        <${Counter} />
        <button type="submit" class="button" aria-disabled=${!ready.value} aria-describedby=${`${id}-obstacle`}>${t(state)}</button>
      </div>
      <p id=${`${id}-obstacle`} class="small obstacle" role="status">${obstacle.value && t(obstacle.value)}</p>
    </div>
  </form>`;
}
