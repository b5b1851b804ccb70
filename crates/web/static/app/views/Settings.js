// What this browser remembers: language, light or dark, where to start, keys, who is signed in.
import { html } from "../html.js";
import { useState } from "../../vendor/hooks.mjs";
import { Avatar } from "../components/Avatar.js";
import { Choice } from "../components/Choice.js";
import { Heading } from "../components/Heading.js";
import { Keys } from "../components/Keys.js";
import { LanguageChoice } from "../components/LanguageChoice.js";
import { OwnAvatar } from "../components/OwnAvatar.js";
import { PersonName } from "../components/PersonName.js";
import { ShortcutHelp } from "../components/Shortcuts.js";
import { scheme } from "../state/scheme.js";
import { me, signOut } from "../state/session.js";
import { shortcuts } from "../state/shortcuts.js";
import { chooseStart, start, STARTS } from "../state/start.js";
import { t } from "../text/words.js";

/** @import { Start } from "../state/start.js" */

export function Settings() {
  const [help, setHelp] = useState(false);
  const starts = /** @type {Start[]} */ (Object.keys(STARTS)).map((name) => /** @type {[string, string]} */ ([name, t(`start.${name}`)]));
  /** @type {[string, string][]} */
  const schemes = [["", t("scheme.auto")], ["light", t("scheme.light")], ["dark", t("scheme.dark")]];
  return html`<${Heading} title=${t("settings")} />
    <div class="settings">
      <${LanguageChoice} />
      <${Choice} name="scheme" label=${t("scheme")} value=${scheme.value} entries=${schemes} choose=${(/** @type {string} */ wish) => (scheme.value = wish)} />
      <${Choice} name="start" label=${t("start")} value=${start.value} entries=${starts} choose=${chooseStart} />
      <${OwnAvatar} />
      <section class="shortcuts" aria-labelledby="shortcuts"><h2 id="shortcuts">${t("shortcuts")}</h2>
        <label class="row"><input type="checkbox" checked=${shortcuts.value !== "off"} onChange=${(/** @type {Event} */ event) =>
          (shortcuts.value = /** @type {HTMLInputElement} */ (event.target).checked ? "" : "off")} />${t("shortcuts.use")}</label>
        <p><button type="button" class="button quiet" onClick=${() => setHelp(true)}>${t("shortcuts.show")}</button></p>
        ${help && html`<${ShortcutHelp} close=${() => setHelp(false)} />`}
      </section>
      <section class="account" aria-labelledby="account"><h2 id="account">${t("account")}</h2>
        <div class="row">
          ${me.value && html`<${Avatar} person=${me.value} picture=${me.value.avatar} /><span class="grow"><${PersonName} person=${me.value} /></span>`}
          <button type="button" class="button quiet" onClick=${signOut}>${t("signOut")}</button>
        </div>
        <p class="small">${t("account.key")}</p>
      </section>
      <${Keys} />
      <details class="small"><summary>${t("developers")}</summary><p><a href="/docs" data-away>${t("docs")}</a></p></details>
    </div>`;
}
