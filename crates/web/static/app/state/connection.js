// Whether there is a network.
import { signal } from "../../vendor/signals.mjs";

export const online = signal(navigator.onLine);

addEventListener("online", () => (online.value = true));
addEventListener("offline", () => (online.value = false));
