// The tweet that is being written. It outlives a change of the view; `keptDraft.js` has it outlive the page, too.
import { batch, computed, signal } from "../../vendor/signals.mjs";
import { call } from "../api/call.js";
import { asFailure, Failure } from "../api/failure.js";
import { saidOf } from "../text/description.js";
import { lengthOf } from "../text/length.js";
import { t } from "../text/words.js";
import { described, letGo, pictures, renewPicture } from "./draftPictures.js";
import { limits } from "./limits.js";
import { showNotice } from "./notices.js";
import { onSignOut } from "./session.js";
import { load } from "./tweets.js";

/** @import { Draft } from "../types.js" */

/** The id of the user who writes; 0 until it is known. */
export const author = signal(0);
export const text = signal("");
/** Whether the write window is open. */
export const writing = signal(false);
export const sending = signal(false);
/** @type {import("../../vendor/signals.mjs").Signal<Failure | null>} */
export const refusal = signal(null);
/** The last tweet that was published here. */
export const published = signal(0);
/** @type {import("../../vendor/signals.mjs").Signal<Draft | null>} The draft of somebody whose key has ended. */
export const aside = signal(null);

export const length = computed(() => lengthOf(text.value));
export const ready = computed(() => {
  const fits = length.value > 0 && length.value <= (limits.value?.tweet_length ?? Infinity);
  return fits && described.value && !sending.value && pictures.value.every((picture) => picture.mediaId !== null);
});

/** Why the draft can't be published, where that needs an explanation. */
export const obstacle = computed(() => {
  if (pictures.value.some((picture) => picture.problem)) return "draft.needsPictures";
  return pictures.value.length > 0 && length.value === 0 ? "draft.needsText" : null;
});

/** Grows with each sign-out: what is answered late is about somebody's draft of before. */
let sitting = 0;

onSignOut((wished) => {
  const left = { author: author.peek(), text: text.peek(), pictures: pictures.peek(), writing: writing.peek(), sitting, published: false };
  const kept = !wished && left.author !== 0;
  sitting += 1;
  // What is under way carries the key that has ended.
  left.pictures.forEach((picture) => (kept ? picture.stop.abort() : letGo(picture)));
  batch(() => {
    aside.value = kept ? left : null;
    author.value = 0;
    writing.value = false;
    empty();
  });
});

function empty() {
  batch(() => {
    pictures.value = [];
    text.value = "";
    refusal.value = null;
  });
}

/** Drops what is written, wherever it is. */
export function drop() {
  [...pictures.peek(), ...(aside.peek()?.pictures ?? [])].forEach(letGo);
  batch(() => {
    aside.value = null;
    empty();
  });
}

/** @param {Failure} failure */
function refuse(failure) {
  // The server names the first picture that it no longer has.
  const named = failure.kind === "validation_error" ? (failure.message.match(/\d+/g) ?? []) : [];
  if (!named.some((id) => renewPicture(Number(id)))) refusal.value = failure;
}

/** What was sent last, and under which key: the same again is not published twice. */
let attempt = { body: "", repeat: "" };

/** Publishes the draft; answers whether that succeeded. */
export async function publish() {
  if (!ready.value) return false;
  const body = {
    tweet_data: text.value,
    tweet_media_ids: pictures.value.map((picture) => picture.mediaId),
    tweet_media_descriptions: pictures.value.map((picture) => saidOf(picture.description)),
  };
  const sent = JSON.stringify(body);
  if (attempt.body !== sent) attempt = { body: sent, repeat: crypto.getRandomValues(new Uint32Array(4)).join("-") };
  const mine = sitting;
  batch(() => {
    sending.value = true;
    refusal.value = null;
  });
  try {
    const { tweet_id } = await call("POST", "/api/tweets", { body, repeat: attempt.repeat });
    const left = aside.peek();
    if (left?.sitting === mine) {
      left.pictures.forEach(letGo);
      aside.value = { ...left, text: "", pictures: [], published: true };
    }
    if (mine === sitting) {
      drop();
      attempt = { body: "", repeat: "" };
      // What it looks like is the server's to say; without that answer it still is published.
      await load(tweet_id).catch(() => {});
      published.value = tweet_id;
    }
    showNotice(t("draft.published"), { link: { path: `/tweets/${tweet_id}`, text: t("draft.open") } });
    return true;
  } catch (error) {
    if (mine === sitting) refuse(asFailure(error));
    return false;
  } finally {
    sending.value = false;
  }
}
