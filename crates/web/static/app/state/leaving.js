// Has the browser ask before the page is left while something is under way that would be lost or done twice.
import { effect } from "../../vendor/signals.mjs";
import { sending } from "./draft.js";
import { sendsHere } from "./draftPictures.js";

/** @param {BeforeUnloadEvent} event */
const ask = (event) => event.preventDefault();

effect(() => {
  // Only while needed: it keeps the page out of the back/forward cache.
  if (sending.value || sendsHere.value) addEventListener("beforeunload", ask);
  else removeEventListener("beforeunload", ask);
});
