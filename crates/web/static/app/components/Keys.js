// The user's keys: which there are, one more, one fewer.
import { html } from "../html.js";
import { useEffect, useState } from "../../vendor/hooks.mjs";
import { call } from "../api/call.js";
import { asFailure } from "../api/failure.js";
import { expire, key } from "../state/key.js";
import { showFailure, showNotice } from "../state/notices.js";
import { onDay, wholly } from "../text/time.js";
import { t } from "../text/words.js";
import { NewKey } from "./NewKey.js";
import { Question } from "./Question.js";
import { Trouble } from "./Trouble.js";

/** @import { Failure } from "../api/failure.js" */
/** @import { ApiKey } from "../types.js" */

export function Keys() {
  const [keys, setKeys] = useState(/** @type {ApiKey[]} */ ([]));
  const [failure, setFailure] = useState(/** @type {Failure | null} */ (null));
  const [asked, setAsked] = useState(/** @type {ApiKey | null} */ (null));
  const load = async () => {
    setFailure(null);
    try {
      setKeys((await call("GET", "/api/keys")).keys);
    } catch (error) {
      setFailure(asFailure(error));
    }
  };
  useEffect(() => void load(), []);
  /** @param {ApiKey} ended */
  const end = async (ended) => {
    const used = key.value;
    try {
      await call("DELETE", `/api/keys/${ended.id}`);
    } catch (error) {
      if (asFailure(error).kind !== "not_found") {
        showFailure(error);
        setAsked(null);
        return;
      }
    }
    setAsked(null);
    if (ended.current) {
      expire(used);
      return;
    }
    setKeys(keys.filter((other) => other.id !== ended.id));
    showNotice(t("keys.ended"));
  };
  const name = (/** @type {ApiKey} */ one) => one.label ?? t("keys.first");
  const draw = (/** @type {ApiKey} */ one) => html`<li key=${one.id} class="row">
    <div class="grow">
      <p class="key-name"><bdi>${name(one)}</bdi>${one.current && html` <span class="tag">${t("keys.current")}</span>`}</p>
      <p class="small">${t("keys.made", { day: onDay(one.created_at) })} · ${one.last_used_on ? t("keys.used", { day: onDay(one.last_used_on) }) : t("keys.unused")}
        ${one.ends_at && html` · <time datetime=${one.ends_at} title=${wholly(one.ends_at)}>${t("keys.ends", { day: onDay(one.ends_at) })}</time>`}</p>
    </div>
    <button type="button" class="button quiet" aria-label=${t("keys.endName", { name: name(one) })} onClick=${() => setAsked(one)}>${t("keys.end")}</button>
  </li>`;
  return html`<section class="own-keys" aria-labelledby="keys"><h2 id="keys">${t("keys")}</h2>
    <p class="small">${t("keys.lead")}</p>
    ${failure ? html`<${Trouble} failure=${failure} retry=${load} />` : html`<ul>${keys.map(draw)}</ul>`}
    <${NewKey} made=${load} />
    ${asked && html`<${Question} title=${t("keys.endTitle", { name: name(asked) })} text=${t(asked.current ? "keys.endCurrent" : "keys.endText")} yes=${t("keys.end")}
      act=${() => end(asked)} close=${() => setAsked(null)} />`}
  </section>`;
}
