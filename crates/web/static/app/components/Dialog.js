// A window above the page. The focus stays in it and comes back in the end; Back closes it.
import { html } from "../html.js";
import { useEffect, useRef, useState } from "../../vendor/hooks.mjs";
import { enter, leave } from "../state/windows.js";
import { addWindowStep } from "../state/windowSteps.js";
import { Notices } from "./Notices.js";

/**
 * @param {{label: string, kind: string, close: () => void, children: any, onKeyDown?: (event: KeyboardEvent) => void}} props
 */
export function Dialog({ label, kind, close, children, onKeyDown }) {
  const [self] = useState(() => Symbol(kind));
  const box = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const pressed = useRef(/** @type {EventTarget | null} */ (null));
  useEffect(() => {
    const dialog = box.current;
    const before = document.activeElement;
    dialog?.showModal();
    enter(self);
    const removeStep = addWindowStep(close);
    return () => {
      leave(self);
      removeStep();
      dialog?.close();
      // The browser gives the focus back only to where a dialog is closed before it goes.
      queueMicrotask(() => before instanceof HTMLElement && before.focus({ preventScroll: true }));
    };
  }, []);
  // A selection dragged out of the window ends outside but began inside.
  const outside = (/** @type {MouseEvent} */ event) => event.target === box.current && pressed.current === box.current && close();
  return html`<dialog ref=${box} class=${kind} aria-label=${label} onClose=${close}
    onPointerDown=${(/** @type {PointerEvent} */ event) => (pressed.current = event.target)} onClick=${outside} onKeyDown=${onKeyDown}><${Notices} within=${self} />${children}</dialog>`;
}
