// The tweet that is being written. It outlives a change of the view, and the page being closed by mistake.
import { batch, computed, effect, signal } from "../../vendor/signals.mjs";
import { call } from "../api/call.js";
import { asFailure, Failure } from "../api/failure.js";
import { upload } from "../api/upload.js";
import { lengthOf } from "../text/length.js";
import { t } from "../text/words.js";
import { bytes } from "../text/numbers.js";
import { limits } from "./limits.js";
import { tell } from "./notices.js";
import { onSignOut } from "./session.js";
import { load } from "./tweets.js";

/** @import { DraftPicture } from "../types.js" */

const PLACE = "tweetty.draft";

export const text = signal(stored());
/** @type {import("../../vendor/signals.mjs").Signal<DraftPicture[]>} */
export const pictures = signal([]);
export const sending = signal(false);
/** @type {import("../../vendor/signals.mjs").Signal<Failure | null>} */
export const refusal = signal(null);
/** The last tweet that was published here. */
export const published = signal(0);

export const length = computed(() => lengthOf(text.value));
export const uploading = computed(() => pictures.value.some((picture) => picture.mediaId === null && !picture.problem));
export const ready = computed(() => {
  const fits = length.value > 0 && length.value <= (limits.value?.tweet_length ?? Infinity);
  return fits && !sending.value && pictures.value.every((picture) => picture.mediaId !== null);
});

function stored() {
  try {
    return sessionStorage.getItem(PLACE) ?? "";
  } catch {
    return "";
  }
}

effect(() => {
  try {
    sessionStorage.setItem(PLACE, text.value);
  } catch {
    // Then the draft lives as long as the page.
  }
});

onSignOut(clear);

function clear() {
  batch(() => {
    pictures.value.forEach(letGo);
    pictures.value = [];
    text.value = "";
    refusal.value = null;
  });
}

/** @param {DraftPicture} picture */
function letGo(picture) {
  picture.stop.abort();
  URL.revokeObjectURL(picture.preview);
}

let last = 0;

/** @param {Iterable<File>} files */
export function attach(files) {
  const most = limits.value?.attachments ?? 10;
  for (const file of files) {
    if (pictures.value.length >= most) {
      tell(t("draft.tooMany", { n: most }), { bad: true });
      return;
    }
    const problem = unfit(file);
    if (problem) tell(`${file.name}: ${problem}`, { bad: true });
    else void send(file);
  }
}

/**
 * What the server would refuse anyway. A type that the browser doesn't know is left to the server.
 * @param {File} file
 */
function unfit(file) {
  const known = limits.value;
  if (!known) return null;
  if (file.size > known.upload_bytes) return t("draft.tooLarge", { size: bytes(known.upload_bytes) });
  const wrong = file.type && file.type !== "application/octet-stream" && !known.image_formats.includes(file.type);
  return wrong ? t("draft.wrongType") : null;
}

/** @param {File} file */
async function send(file) {
  const number = ++last;
  const picture = { number, name: file.name, preview: URL.createObjectURL(file), progress: 0, mediaId: null, problem: null, stop: new AbortController() };
  pictures.value = [...pictures.value, picture];
  try {
    const mediaId = await upload(file, (progress) => change(number, { progress }), picture.stop.signal);
    change(number, { mediaId, progress: 1 });
  } catch (error) {
    change(number, { problem: asFailure(error).words });
  }
}

/**
 * @param {number} number
 * @param {Partial<DraftPicture>} news
 */
function change(number, news) {
  pictures.value = pictures.value.map((picture) => (picture.number === number ? { ...picture, ...news } : picture));
}

/** @param {number} number */
export function detach(number) {
  pictures.value.filter((picture) => picture.number === number).forEach(letGo);
  pictures.value = pictures.value.filter((picture) => picture.number !== number);
}

/** What was sent last, and under which key: the same again is not published twice. */
let attempt = { body: "", repeat: "" };

/** Publishes the draft; answers whether that succeeded. */
export async function publish() {
  if (!ready.value) return false;
  const body = { tweet_data: text.value, tweet_media_ids: pictures.value.map((picture) => picture.mediaId) };
  const sent = JSON.stringify(body);
  if (attempt.body !== sent) attempt = { body: sent, repeat: crypto.getRandomValues(new Uint32Array(4)).join("-") };
  batch(() => {
    sending.value = true;
    refusal.value = null;
  });
  try {
    const { tweet_id } = await call("POST", "/api/tweets", { body, repeat: attempt.repeat });
    attempt = { body: "", repeat: "" };
    clear();
    // What it looks like is the server's to say; without that answer it still is published.
    await load(tweet_id).catch(() => {});
    published.value = tweet_id;
    tell(t("draft.published"), { link: { path: `/tweets/${tweet_id}`, text: t("draft.open") } });
    return true;
  } catch (error) {
    refusal.value = asFailure(error);
    return false;
  } finally {
    sending.value = false;
  }
}
