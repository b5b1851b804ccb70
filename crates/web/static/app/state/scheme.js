// Light or dark: as the system says, unless the person has chosen.
import { effect } from "../../vendor/signals.mjs";
import { kept } from "./kept.js";

export const scheme = kept("tweetty.scheme", ["light", "dark"]);

effect(() => {
  if (scheme.value) document.documentElement.dataset.scheme = scheme.value;
  else delete document.documentElement.dataset.scheme;
});
