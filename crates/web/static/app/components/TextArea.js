// A field for text of several lines that grows with what is in it.
import { html } from "../html.js";
import { useLayoutEffect, useRef } from "../../vendor/hooks.mjs";
import { plainValueOf } from "../text/plain.js";

/** Not every Safari supports it. */
const growsByItself = CSS.supports("field-sizing", "content");

/** @param {HTMLTextAreaElement} field */
function fit(field) {
  field.style.height = "auto";
  // `height` includes the border, `scrollHeight` doesn't.
  field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
}

/** @param {{value: string, write: (text: string) => void, [attribute: string]: any}} props */
export function TextArea({ value, write, ...attributes }) {
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  useLayoutEffect(() => {
    if (!growsByItself && field.current) fit(field.current);
  }, [value]);
  return html`<textarea ref=${field} dir="auto" rows="1" value=${value} onInput=${(/** @type {InputEvent} */ event) => write(plainValueOf(event))} ...${attributes}></textarea>`;
}
