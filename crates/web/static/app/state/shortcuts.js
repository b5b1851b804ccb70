// Single keys that act on the page, unless the user doesn't want them.
import { kept } from "./kept.js";

export const shortcuts = kept("tweetty.shortcuts", ["off"]);
