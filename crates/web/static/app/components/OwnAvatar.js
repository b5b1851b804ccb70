// Choosing an avatar, seeing what it will look like, and taking it away.
import { html } from "../html.js";
import { useEffect, useRef, useState } from "../../vendor/hooks.mjs";
import { asFailure } from "../api/failure.js";
import { chooseAvatar, removeAvatar } from "../state/avatar.js";
import { limits } from "../state/limits.js";
import { showFailure } from "../state/notices.js";
import { me } from "../state/session.js";
import { t } from "../text/words.js";
import { Avatar } from "./Avatar.js";

export function OwnAvatar() {
  const [file, setFile] = useState(/** @type {File | null} */ (null));
  const [preview, setPreview] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const chooser = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => {
    if (!file) return;
    const address = URL.createObjectURL(file);
    setPreview(address);
    return () => {
      setPreview("");
      URL.revokeObjectURL(address);
    };
  }, [file]);
  const user = me.value;
  if (!user) return null;
  const choose = () => {
    const input = chooser.current;
    const [chosen] = input?.files ?? [];
    if (!input || !chosen) return;
    setProblem("");
    setFile(chosen);
    input.value = "";
  };
  const use = async () => {
    if (!file) return;
    setBusy(true);
    setProblem("");
    try {
      await chooseAvatar(file);
      setFile(null);
    } catch (error) {
      setProblem(asFailure(error).words);
    }
    setBusy(false);
  };
  const remove = async () => {
    setBusy(true);
    await removeAvatar().catch(showFailure);
    setBusy(false);
  };
  const chooseButton = html`<button type="button" class="button quiet" onClick=${() => chooser.current?.click()}>${t(user.avatar || file ? "avatar.another" : "avatar.choose")}</button>`;
  return html`<section class="own-avatar" aria-labelledby="own-avatar"><h2 id="own-avatar">${t("avatar")}</h2>
    <div class="row">
      ${file && preview
        ? html`<span class="avatar large"><img src=${preview} alt=${t("avatar.preview")} /></span>`
        : html`<${Avatar} person=${user} picture=${user.avatar_large} size="large" />`}
      <input ref=${chooser} type="file" class="hidden" tabindex="-1" aria-hidden="true" accept=${limits.value?.image_formats.join() ?? "image/*"} onChange=${choose} />
      <div class="row grow">
        ${file
          ? html`<button type="button" class="button" aria-disabled=${busy} onClick=${() => busy || use()}>${t(busy ? "avatar.sending" : "avatar.use")}</button>
              ${!busy && chooseButton}
              ${!busy && html`<button type="button" class="button quiet" onClick=${() => setFile(null)}>${t("cancel")}</button>`}`
          : html`${chooseButton}
              ${user.avatar && html`<button type="button" class="button quiet" aria-disabled=${busy} onClick=${() => busy || remove()}>${t("avatar.remove")}</button>`}`}
      </div>
    </div>
    ${problem && html`<p class="refusal" role="alert">${problem}</p>`}
    <p class="small">${t("avatar.hint")}</p>
  </section>`;
}
