// What I look like.
import { call } from "../api/call.js";
import { Failure } from "../api/failure.js";
import { send } from "../api/upload.js";
import { t } from "../text/words.js";
import { showNotice } from "./notices.js";
import { foreignKindOf } from "./pictureKind.js";
import { me } from "./session.js";
import { redress } from "./tweets.js";

const PATH = "/api/users/me/avatar";

/**
 * Makes a picture my avatar; a refusal is thrown.
 * @param {File} file
 */
export async function chooseAvatar(file) {
  const kind = await foreignKindOf(file);
  // Said before it is sent, as of the pictures of a tweet.
  if (kind) throw new Failure("foreign", { message: t(`draft.${kind}`) });
  const { avatar, avatar_large } = await send(PATH, file, () => {}, new AbortController().signal);
  look(avatar, avatar_large);
  showNotice(t("avatar.changed"));
}

export async function removeAvatar() {
  await call("DELETE", PATH);
  look(null, null);
  showNotice(t("avatar.removed"));
}

/** @param {string | null} avatar @param {string | null} avatar_large */
function look(avatar, avatar_large) {
  if (!me.value) return;
  me.value = { ...me.value, avatar, avatar_large };
  redress(me.value.id, avatar);
}
