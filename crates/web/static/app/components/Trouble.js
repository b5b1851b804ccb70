// Something could not be shown: why, and another try.
import { html } from "../html.js";
import { useEffect, useRef } from "../../vendor/hooks.mjs";
import { online } from "../state/connection.js";
import { t } from "../text/words.js";
import { Icon } from "./Icon.js";

/** @import { Failure } from "../api/failure.js" */

/** How often, in milliseconds, a server is tried again that could not be reached. */
const PAUSE = 30_000;

/** @param {{failure: Failure, retry: () => void}} props */
export function Trouble({ failure, retry }) {
  const was = useRef(online.value);
  const now = online.value;
  useEffect(() => {
    // A user who is back on the network need not ask.
    if (now && !was.current && failure.isNetwork) retry();
    was.current = now;
  }, [now]);
  useEffect(() => {
    const timer = failure.isNetwork ? setInterval(() => document.hidden || retry(), PAUSE) : 0;
    return () => clearInterval(timer);
  }, [failure]);
  return html`<div class="state" role="alert">
    <${Icon} name="cloud" />
    <p>${failure.words}</p>
    <button type="button" class="button" onClick=${retry}>${t("retry")}</button>
  </div>`;
}
