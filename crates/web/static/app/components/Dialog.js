// A window above the page. The browser keeps the focus in it and gives it back.
import { html } from "../html.js";
import { useEffect, useRef } from "../../vendor/hooks.mjs";

/**
 * @param {{label: string, kind: string, close: () => void, children: any, onKeyDown?: (event: KeyboardEvent) => void}} props
 */
export function Dialog({ label, kind, close, children, onKeyDown }) {
  const box = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    const dialog = box.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  /** @param {MouseEvent} event */
  const outside = (event) => event.target === box.current && close();
  return html`<dialog ref=${box} class=${kind} aria-label=${label} onCancel=${(/** @type {Event} */ event) => { event.preventDefault(); close(); }}
    onClick=${outside} onKeyDown=${onKeyDown}>${children}</dialog>`;
}
