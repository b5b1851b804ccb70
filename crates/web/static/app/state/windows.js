// The windows above the page, the uppermost last. All below it is out of reach, for the eye and for screen readers.
import { signal } from "../../vendor/signals.mjs";

/** @type {import("../../vendor/signals.mjs").Signal<symbol[]>} */
export const windows = signal([]);

/** @param {symbol} opened */
export function enter(opened) {
  windows.value = [...windows.value, opened];
}

/** @param {symbol} closed */
export function leave(closed) {
  windows.value = windows.value.filter((other) => other !== closed);
}
