// Light or dark: as the system says, unless the user has chosen.
import { effect } from "../../vendor/signals.mjs";
import { kept } from "./kept.js";

export const scheme = kept("tweetty.scheme", ["light", "dark"]);

const meta = /** @type {HTMLMetaElement | null} */ (document.querySelector('meta[name="color-scheme"]'));

effect(() => {
  // The colours before the styles are loaded; on the next load `head.js` sets them.
  if (meta) meta.content = scheme.value || "light dark";
  if (scheme.value) document.documentElement.dataset.scheme = scheme.value;
  else delete document.documentElement.dataset.scheme;
});
