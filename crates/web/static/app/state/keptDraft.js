// The draft in this browser's storage: there until it is published or emptied, until its author signs out on purpose, or
// until another user signs in. A key that ends takes nothing, and all tabs show the same draft.
import { batch, computed, effect } from "../../vendor/signals.mjs";
import { aside, author, drop, text, writing } from "./draft.js";
import { keptOf, letGo, pictures, restored, resume } from "./draftPictures.js";
import { key } from "./key.js";
import { me, onSignOut } from "./session.js";

/** @import { DraftPicture, KeptDraft } from "../types.js" */

const PLACE = "tweetty.draft";
/** Whether storage holds what was written last; it may be full or forbidden. */
let stored = true;
/** The text that storage held when this tab last read or wrote it. */
let last = "";

/** @returns {KeptDraft | null} */
function read() {
  try {
    last = localStorage.getItem(PLACE) ?? "";
    const found = JSON.parse(last || "null");
    const whole = Number.isInteger(found?.author) && typeof found.text === "string" && Array.isArray(found.pictures);
    return whole ? found : null;
  } catch {
    return null;
  }
}

/**
 * Stores only what this tab changed: written back unchanged, what came from another tab would undo its next change.
 * @param {KeptDraft | null} draft
 */
function write(draft) {
  const next = draft ? JSON.stringify(draft) : "";
  if (draft && next === last) return;
  try {
    if (draft) localStorage.setItem(PLACE, next);
    else localStorage.removeItem(PLACE);
    last = next;
    stored = true;
  } catch {
    // Then the draft lives as long as the page.
    stored = false;
  }
}

/** What this tab shows, as storage takes it. @returns {KeptDraft} */
function shown() {
  return { author: author.value, text: text.value, pictures: pictures.value.map(keptOf) };
}

/**
 * Shows what storage holds. This tab may know more of a picture: the file, and how far it is.
 * @param {KeptDraft} found
 * @param {DraftPicture[]} known
 */
function show(found, known) {
  const held = found.pictures.map((kept) => restored(kept, known.find((picture) => picture.number === kept.number)));
  known.filter((picture) => !held.some((other) => other.number === picture.number)).forEach(letGo);
  batch(() => {
    author.value = found.author;
    text.value = found.text;
    pictures.value = held;
  });
}

/**
 * Now it is known who is here: their draft is shown and nobody else's, with what they wrote since they came.
 * @param {number} user
 */
function welcome(user) {
  if (author.peek() === user) return;
  const left = aside.peek();
  const back = left?.author === user ? left : null;
  if (author.peek() !== 0 || (left && !back)) drop();
  const since = { text: text.peek(), pictures: pictures.peek() };
  const found = stored ? read() : null;
  // Another tab may have stored what this one already shows.
  const isFound = (/** @type {DraftPicture} */ picture) => found?.author === user && found.pictures.some(({ number }) => number === picture.number);
  batch(() => {
    aside.value = null;
    if (found?.author === user) show(found, [...(back?.pictures ?? []), ...since.pictures.filter(isFound)]);
    else [author.value, text.value, pictures.value] = [user, back?.text ?? "", back?.pictures ?? []];
    if (!text.peek().startsWith(since.text)) text.value = [text.peek(), since.text].filter(Boolean).join("\n");
    pictures.value = [...pictures.peek(), ...since.pictures.filter((picture) => !isFound(picture))];
    writing.value ||= back?.writing ?? false;
  });
  // Erased first: a full storage might keep another user's.
  if (found?.author && found.author !== user) write(null);
  write(shown());
}

effect(() => {
  // At once, not when the server has said who that is: nobody else's draft is left here by now.
  const found = key.value && !author.peek() && !aside.peek() ? read() : null;
  if (found) show(found, pictures.peek());
});

const user = computed(() => me.value?.id ?? 0);
effect(() => {
  if (user.value) welcome(user.value);
});

effect(() => {
  if (key.value && author.value) resume();
});

effect(() => {
  const draft = shown();
  if (key.peek() && (draft.author || draft.text || draft.pictures.length)) write(draft);
});

effect(() => {
  const left = aside.value;
  // Another tab may have gone on; only what was published here meanwhile is news to it.
  if (left?.published && read()?.author === left.author) write({ author: left.author, text: "", pictures: [] });
});

onSignOut((wished) => {
  if (wished || read()?.author === 0) write(null);
});

addEventListener("storage", (event) => {
  if (event.key !== PLACE && event.key !== null) return;
  const found = read();
  if (found && key.peek() && found.author === author.peek()) show(found, pictures.peek());
  else if (!found || (aside.peek() && aside.peek()?.author !== found.author)) drop();
});
