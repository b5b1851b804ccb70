// What this browser remembers: language, light or dark, who is signed in.
import { html } from "../html.js";
import { Avatar } from "../components/Avatar.js";
import { Choice } from "../components/Choice.js";
import { Heading } from "../components/Heading.js";
import { PersonName } from "../components/PersonName.js";
import { choose, language, LANGUAGES } from "../state/language.js";
import { scheme } from "../state/scheme.js";
import { me, signOut } from "../state/session.js";
import { t } from "../text/words.js";

export function Settings() {
  /** @type {[string, string][]} */
  const schemes = [["", t("scheme.auto")], ["light", t("scheme.light")], ["dark", t("scheme.dark")]];
  return html`<${Heading} title=${t("settings")} />
    <div class="settings">
      <${Choice} name="language" label=${t("language")} value=${language.value} entries=${LANGUAGES} choose=${choose} />
      <${Choice} name="scheme" label=${t("scheme")} value=${scheme.value} entries=${schemes} choose=${(/** @type {string} */ wish) => (scheme.value = wish)} />
      <section class="account" aria-labelledby="account"><h2 id="account">${t("account")}</h2>
        <div class="row">
          ${me.value && html`<${Avatar} name=${me.value.name} /><span class="grow"><${PersonName} person=${me.value} /></span>`}
          <button type="button" class="button quiet" onClick=${signOut}>${t("signOut")}</button>
        </div>
        <p class="small">${t("account.key")}</p>
        <p class="small"><a href="/docs" data-away>${t("docs")}</a></p>
      </section>
    </div>`;
}
