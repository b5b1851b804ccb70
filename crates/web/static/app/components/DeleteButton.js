import { html } from "../html.js";
import { useId, useState } from "../../vendor/hooks.mjs";
import { limits } from "../state/limits.js";
import { showFailure, showNotice } from "../state/notices.js";
import { me } from "../state/session.js";
import { remove } from "../state/tweets.js";
import { fullName } from "../text/person.js";
import { t } from "../text/words.js";
import { Icon } from "./Icon.js";
import { Question } from "./Question.js";
import { TextArea } from "./TextArea.js";

/** @import { Tweet } from "../types.js" */

/** For the author; a moderator gives a reason. @param {{tweet: Tweet}} props */
export function DeleteButton({ tweet }) {
  const id = useId();
  const [asked, setAsked] = useState(false);
  const [reason, setReason] = useState("");
  const own = tweet.author.id === me.value?.id;
  if (!own && me.value?.role !== "moderator") return null;
  const act = async () => {
    try {
      await remove(tweet.id, own ? undefined : reason.trim());
      showNotice(t(own ? "tweet.deleted" : "tweet.removed"));
    } catch (error) {
      showFailure(error);
      // What was written stays, so that it can be sent again.
      if (own) setAsked(false);
    }
  };
  const close = () => setAsked(false);
  const name = t(own ? "tweet.delete" : "tweet.remove");
  const removal = () => html`<${Question} title=${t("tweet.removeTitle", { name: fullName(tweet.author) })} text=${t("tweet.removeText")} yes=${t("tweet.removeYes")}
    act=${act} close=${close} ready=${reason.trim() !== ""}>
      <label for=${id}>${t("tweet.reason")}</label>
      <${TextArea} id=${id} rows="2" maxlength=${limits.value?.reason_length} value=${reason} write=${setReason} />
    <//>`;
  return html`<button type="button" class="action" aria-label=${name} title=${name} onClick=${() => setAsked(true)}>
      <${Icon} name="trash" />
    </button>
    ${asked && (own
      ? html`<${Question} title=${t("tweet.deleteTitle")} text=${t("tweet.deleteText")} yes=${t("tweet.deleteYes")} act=${act} close=${close} />`
      : removal())}`;
}
