// Text as the server takes it.

/** Line breaks of other programs: PowerPoint's is a vertical tab. */
const BREAKS = /\r\n?|[\v\f]/g;
/** What the server refuses; none of them shows anything. */
const CONTROLS = /[\0-\x08\x0e-\x1f]/g;

/** @param {string} text */
export function plainText(text) {
  return text.replace(BREAKS, "\n").replace(CONTROLS, "");
}

/**
 * What is in a field, without what the server refuses; the cursor stays behind what was put in.
 * @param {Event} event
 */
export function plainValueOf(event) {
  const field = /** @type {HTMLTextAreaElement} */ (event.target);
  const plain = plainText(field.value);
  if (plain !== field.value) {
    const cursor = plainText(field.value.slice(0, field.selectionEnd)).length;
    field.value = plain;
    field.setSelectionRange(cursor, cursor);
  }
  return plain;
}
