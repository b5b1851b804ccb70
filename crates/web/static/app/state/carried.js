// What a paste or a drop carries. Programs offer the same thing in several shapes, and the page has to choose.

/**
 * The files that are meant; none where the text is.
 *
 * Spreadsheets and word processors add a picture of the text that was copied: there the text is meant. File managers add
 * the names of files, browsers the markup and the address of a picture: there the files are.
 * @param {DataTransfer | null} carried
 * @returns {File[]}
 */
export function carriedFiles(carried) {
  const files = [...(carried?.files ?? [])];
  if (!carried || !files.length) return [];
  const lines = linesOf(carried.getData("text/plain"));
  if (!lines.length) return files;
  const markup = carried.getData("text/html");
  if (markup) return showsText(markup) ? [] : files;
  const addresses = linesOf(carried.getData("text/uri-list"));
  const names = files.map((file) => file.name.normalize());
  // One line is enough: some browsers hand over the first of several files only.
  return lines.some((line) => addresses.includes(line) || names.includes(lastPart(line))) ? files : [];
}

/** Whether files come, while it may not be known yet which. @param {DragEvent} event */
export function bringsFiles(event) {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

/** @param {string} text */
function linesOf(text) {
  return text.split(/[\r\n]+/).map((line) => line.trim()).filter(Boolean);
}

/** @param {string} markup */
function showsText(markup) {
  return markup.replace(/<[^<>]*>/g, "").trim() !== "";
}

/** The name at the end of a path or of a `file:` address. @param {string} line */
function lastPart(line) {
  const name = line.split(/[/\\]/).at(-1) ?? "";
  try {
    return (line.startsWith("file:") ? decodeURIComponent(name) : name).normalize();
  } catch {
    return name;
  }
}
