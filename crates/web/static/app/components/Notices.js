// Short messages at the edge of the page, or in the uppermost of the windows above it. Both boxes stand there from the
// start, so that screen readers hear of what comes into them.
import { html } from "../html.js";
import { dismiss, notices } from "../state/notices.js";
import { windows } from "../state/windows.js";
import { t } from "../text/words.js";
import { Icon } from "./Icon.js";

/** @import { Notice } from "../types.js" */

/** @param {{within?: symbol}} props `within`: the window in which they stand */
export function Notices({ within }) {
  const shown = windows.value.at(-1) === within ? notices.value : [];
  const draw = (/** @type {Notice} */ notice) => html`<div key=${notice.number} class=${`notice ${notice.bad ? "bad" : ""}`}>
    <p>${notice.text}</p>
    ${notice.link && html`<a href=${notice.link.path} onClick=${() => dismiss(notice.number)}>${notice.link.text}</a>`}
    <button type="button" class="action" aria-label=${t("dismiss")} onClick=${() => dismiss(notice.number)}><${Icon} name="close" /></button>
  </div>`;
  const [bad, good] = [true, false].map((kind) => shown.filter((notice) => notice.bad === kind));
  return html`<div class="notices">
    <div role="alert">${bad.map(draw)}</div>
    <div role="status">${good.map(draw)}</div>
  </div>`;
}
