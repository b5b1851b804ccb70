// What the server accepts, so that the client needs no constants.
import { signal } from "../../vendor/signals.mjs";
import { call } from "../api/call.js";

/** @import { Limits } from "../types.js" */

/** @type {import("../../vendor/signals.mjs").Signal<Limits | null>} */
export const limits = signal(null);

/** Until the answer is there, the server decides alone. */
export async function learnLimits() {
  try {
    limits.value = await call("GET", "/api/limits");
  } catch {
    addEventListener("online", () => void learnLimits(), { once: true });
  }
}
