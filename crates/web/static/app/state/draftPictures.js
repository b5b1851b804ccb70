// The pictures of the tweet that is being written: each is uploaded as soon as it is chosen.
import { computed, effect, signal } from "../../vendor/signals.mjs";
import { asFailure } from "../api/failure.js";
import { upload } from "../api/upload.js";
import { overOf } from "../text/description.js";
import { bytes } from "../text/numbers.js";
import { t } from "../text/words.js";
import { key } from "./key.js";
import { limits } from "./limits.js";
import { showNotice } from "./notices.js";
import { FOREIGN, foreignKindOf, isMovingPng } from "./pictureKind.js";
import { addressOfThumbnail, thumbnailOf } from "./thumbnail.js";
import { announceUpload, isSentElsewhere, shareUploads } from "./uploadsElsewhere.js";

/** @import { DraftPicture, KeptPicture } from "../types.js" */

/** The server removes what no tweet has after a day; a draft still has to be published in that time. */
const LIFETIME = 23 * 3_600_000;

/** @type {import("../../vendor/signals.mjs").Signal<DraftPicture[]>} */
export const pictures = signal([]);
/** @param {DraftPicture} picture */
const isUnderWay = ({ mediaId, problem }) => mediaId === null && !problem;
export const uploading = computed(() => pictures.value.some(isUnderWay));
/** Whether all is sent and the server is processing it. */
export const preparing = computed(() => pictures.value.filter(isUnderWay).every((picture) => picture.progress === 1));
/** Whether this tab is sending a picture. */
export const sendsHere = computed(() => pictures.value.some((picture) => picture.file !== null && isUnderWay(picture)));

/** By how many characters a picture's description is too long. @param {DraftPicture} picture */
export function descriptionOver({ description }) {
  return overOf(description, limits.value?.description_length ?? Infinity);
}
export const described = computed(() => pictures.value.every((picture) => descriptionOver(picture) === 0));

/** @param {Iterable<File>} files */
export async function attach(files) {
  const most = limits.value?.attachments ?? 10;
  const mine = key.peek();
  // What a field holds is gone before the first of them is read.
  const chosen = [...files];
  const kinds = await Promise.all(chosen.map(foreignKindOf));
  // Somebody who has signed out meanwhile leaves nothing to the next one.
  if (key.peek() !== mine) return;
  for (const kind of FOREIGN) {
    const names = chosen.filter((_, index) => kinds[index] === kind).map((file) => file.name);
    if (names.length) showNotice(`${inShort(names)}: ${t(`draft.${kind}`)}`, { bad: true });
  }
  for (const file of chosen.filter((_, index) => kinds[index] === null)) {
    if (pictures.value.length >= most) {
      showNotice(t("draft.tooMany", { n: most }), { bad: true });
      return;
    }
    const problem = unfit(file);
    if (problem) showNotice(`${file.name}: ${problem}`, { bad: true });
    else add(file);
  }
}

/** So many of the names of files are enough. */
const NAMED = 3;

/** @param {string[]} names */
function inShort(names) {
  return names.slice(0, NAMED).join(", ") + (names.length > NAMED ? " …" : "");
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
function add(file) {
  // The same picture has the same number in every tab.
  const [number] = crypto.getRandomValues(new Uint32Array(1));
  const preview = URL.createObjectURL(file);
  const picture = { number, name: file.name, file, preview, thumbnail: "", progress: 0, mediaId: null, description: "", still: false, uploaded: 0, problem: null, again: false, elsewhere: false, stop: new AbortController() };
  pictures.value = [...pictures.value, picture];
  void thumbnailOf(preview).then((thumbnail) => change(number, { thumbnail }));
  void send(picture);
}

/** @param {DraftPicture} picture */
async function send({ number, file, stop }) {
  if (!file) return;
  announceUpload(number, 0);
  try {
    const mediaId = await upload(file, (progress) => change(number, { progress }), stop.signal);
    const still = await isMovingPng(file);
    change(number, { mediaId, still, uploaded: Date.now(), progress: 1 });
  } catch (error) {
    const failure = asFailure(error);
    change(number, { problem: failure.words, again: failure.isPassing });
  }
}

/** Sends a picture again. @param {number} number */
export function retry(number) {
  change(number, { mediaId: null, progress: 0, problem: null, again: false, stop: new AbortController() });
  pictures.peek().filter((picture) => picture.number === number).forEach((picture) => void send(picture));
}

/**
 * Sends a picture again that the server has removed; without its file the author has to add it again.
 * @param {DraftPicture} picture
 */
function renew({ number, file }) {
  if (file) retry(number);
  else change(number, { mediaId: null, problem: t("draft.lost") });
}

/** Renews the pictures that are older than the server keeps them. */
function renewOld() {
  const old = pictures.peek().filter(({ mediaId, uploaded }) => mediaId !== null && Date.now() - uploaded >= LIFETIME);
  old.forEach(renew);
}
document.addEventListener("visibilitychange", () => document.hidden || renewOld());

/**
 * Renews the picture of that id; answers whether it is one of the draft's.
 * @param {number} mediaId
 */
export function renewPicture(mediaId) {
  const refused = pictures.peek().filter((picture) => picture.mediaId === mediaId);
  refused.forEach(renew);
  return refused.length > 0;
}

/**
 * @param {number} number
 * @param {Partial<DraftPicture>} news
 */
function change(number, news) {
  pictures.value = pictures.value.map((picture) => (picture.number === number ? { ...picture, ...news } : picture));
}

/**
 * @param {number} number
 * @param {string} description
 */
export function describe(number, description) {
  change(number, { description });
}

/** @param {number} number */
export function detach(number) {
  pictures.value.filter((picture) => picture.number === number).forEach(letGo);
  pictures.value = pictures.value.filter((picture) => picture.number !== number);
}

/** @param {DraftPicture} picture */
export function letGo(picture) {
  picture.stop.abort();
  URL.revokeObjectURL(picture.preview);
}

/** Sends again what was under way when the key ended. */
export function resume() {
  pictures.peek().filter((picture) => isUnderWay(picture) && picture.stop.signal.aborted).forEach(({ number }) => retry(number));
}

/** How often, in milliseconds, another tab is asked about its upload. */
const PAUSE = 1000;
/** The numbers of pictures that another tab is sending. */
const followed = new Set();

/** Watches the upload of another tab; its result comes by storage. @param {number} number */
async function follow(number) {
  const waits = () => pictures.peek().some((picture) => picture.number === number && picture.elsewhere && isUnderWay(picture));
  followed.add(number);
  while (waits()) {
    if (!(await isSentElsewhere(number)) && waits()) change(number, { elsewhere: false, problem: t("draft.lost") });
    else await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  followed.delete(number);
}

shareUploads(
  (number) => pictures.peek().find((picture) => picture.number === number && picture.file && isUnderWay(picture))?.progress ?? null,
  (number, progress) => {
    const known = pictures.peek().find((picture) => picture.number === number);
    if (known && !known.file && known.mediaId === null) change(number, { elsewhere: true, problem: null, progress });
  },
);
effect(() => {
  for (const { number, elsewhere } of pictures.value) if (elsewhere && !followed.has(number)) void follow(number);
});

/**
 * A picture as storage has it, with what this tab knows of it.
 * @param {KeptPicture} kept
 * @param {DraftPicture | undefined} known
 * @returns {DraftPicture}
 */
export function restored({ number, name, thumbnail, mediaId, uploaded, description = "", still = false }, known) {
  if (known) {
    const news = mediaId === null ? {} : { mediaId, still, uploaded, progress: 1, problem: null, again: false, elsewhere: false };
    return { ...known, ...news, description, preview: known.preview || addressOfThumbnail(thumbnail), thumbnail: known.thumbnail || thumbnail };
  }
  const elsewhere = mediaId === null;
  const lost = !elsewhere && Date.now() - uploaded >= LIFETIME;
  const state = { mediaId: lost ? null : mediaId, problem: lost ? t("draft.lost") : null, again: false, elsewhere, progress: elsewhere ? 0 : 1 };
  return { number, name, file: null, preview: addressOfThumbnail(thumbnail), thumbnail, description, still, uploaded, stop: new AbortController(), ...state };
}

/** @param {DraftPicture} picture @returns {KeptPicture} */
export function keptOf({ number, name, thumbnail, mediaId, uploaded, description, still }) {
  return { number, name, thumbnail, mediaId, uploaded, description, still };
}
