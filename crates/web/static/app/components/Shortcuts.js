// Keys for those who read a lot, and a window that lists them.
import { html } from "../html.js";
import { useEffect, useState } from "../../vendor/hooks.mjs";
import { go } from "../state/route.js";
import { shortcuts } from "../state/shortcuts.js";
import { t } from "../text/words.js";
import { Dialog } from "./Dialog.js";
import { focusedTweet, stepTweets } from "./stepping.js";

const KEYS = /** @type {const} */ ([["j", "next"], ["k", "previous"], ["l", "like"], ["Enter", "enter"], ["n", "write"], ["/", "search"], ["?", "help"]]);

/** The key; on a layout without Latin letters, by its position. @param {KeyboardEvent} event */
function keyOf({ key, code }) {
  return /^\p{L}$/u.test(key) && !/^[a-z]$/i.test(key) ? code.replace(/^Key/, "").toLowerCase() : key.toLowerCase();
}

/** Whether the key belongs to a field, a window or the browser. @param {KeyboardEvent} event */
function isTaken(event) {
  const inField = event.target instanceof Element && event.target.closest("input, textarea, select") !== null;
  return inField || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]") !== null;
}

/** @param {{write: () => void}} props */
export function Shortcuts({ write }) {
  const [help, setHelp] = useState(false);
  const used = shortcuts.value !== "off";
  useEffect(() => {
    if (!used) return;
    /** @type {Record<string, () => unknown>} */
    const actions = {
      j: () => stepTweets(1),
      k: () => stepTweets(-1),
      l: () => /** @type {HTMLElement | null | undefined} */ (focusedTweet()?.querySelector(".like"))?.click(),
      n: write,
      "/": () => go("/people", { focus: "#search" }),
      "?": () => setHelp(true),
    };
    const press = (/** @type {KeyboardEvent} */ event) => {
      const act = isTaken(event) ? undefined : actions[keyOf(event)];
      if (!act) return;
      event.preventDefault();
      act();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [used]);
  return help && html`<${ShortcutHelp} close=${() => setHelp(false)} />`;
}

/** @param {{close: () => void}} props */
export function ShortcutHelp({ close }) {
  return html`<${Dialog} label=${t("shortcuts")} kind="question" close=${close}>
    <h2>${t("shortcuts")}</h2>
    <dl class="keys">${KEYS.map(([key, name]) => html`<div key=${key}><dt><kbd>${key}</kbd></dt><dd>${t(`shortcuts.${name}`)}</dd></div>`)}</dl>
    <div class="row end"><button type="button" class="button" onClick=${close}>${t("close")}</button></div>
  <//>`;
}
