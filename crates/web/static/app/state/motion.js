// Whether animations play by themselves: not where the user wants less motion or fewer bytes.
import { signal } from "../../vendor/signals.mjs";

const less = matchMedia("(prefers-reduced-motion: reduce), (prefers-reduced-data: reduce)");
const connection = /** @type {{connection?: {saveData?: boolean}}} */ (navigator).connection;

const plays = () => !less.matches && !connection?.saveData;

export const autoplay = signal(plays());
less.addEventListener("change", () => (autoplay.value = plays()));
