// The way to the clipboard.

/**
 * Puts a text there; answers whether it is there.
 * @param {string} text
 */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without TLS browsers have no clipboard but this elder way to it. Only what is in the uppermost window can be selected.
    const area = document.createElement("textarea");
    area.value = text;
    ([...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body).append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
