import { html } from "../html.js";
import { useState } from "../../vendor/hooks.mjs";
import { tell, tellFailure } from "../state/notices.js";
import { remove } from "../state/tweets.js";
import { t } from "../text/words.js";
import { Icon } from "./Icon.js";
import { Question } from "./Question.js";

/** @param {{id: number}} props */
export function DeleteButton({ id }) {
  const [asked, setAsked] = useState(false);
  const act = async () => {
    try {
      await remove(id);
      tell(t("tweet.deleted"));
    } catch (error) {
      tellFailure(error);
      setAsked(false);
    }
  };
  return html`<button type="button" class="action" aria-label=${t("tweet.delete")} title=${t("tweet.delete")} onClick=${() => setAsked(true)}>
      <${Icon} name="trash" />
    </button>
    ${asked && html`<${Question} title=${t("tweet.deleteTitle")} text=${t("tweet.deleteText")} yes=${t("tweet.deleteYes")}
      act=${act} close=${() => setAsked(false)} />`}`;
}
