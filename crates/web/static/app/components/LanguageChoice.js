// The language of the page.
import { html } from "../html.js";
import { Failure } from "../api/failure.js";
import { choose, LANGUAGES, wanted } from "../state/language.js";
import { showFailure } from "../state/notices.js";
import { t } from "../text/words.js";
import { Choice } from "./Choice.js";

/** @import { Language } from "../state/language.js" */

export function LanguageChoice() {
  /** @param {Language} wish */
  const change = async (wish) => {
    try {
      await choose(wish);
    } catch (error) {
      // A server of another version no longer has the words of this page.
      showFailure(new Failure(!navigator.onLine ? "offline" : error instanceof TypeError ? "unreachable" : "method_not_allowed"));
    }
  };
  return html`<${Choice} name="language" label=${t("language")} value=${wanted.value} entries=${LANGUAGES} choose=${change} />`;
}
