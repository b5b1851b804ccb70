// Addresses in a text, so that they can be followed. Nothing but http and https is an address.

const ADDRESS = /https?:\/\/[^\s<>"'`\u2028\u2029\u202a-\u202e\u2066-\u2069]+/giu;
/** What ends a sentence rather than an address. */
const TRAIL = /[.,:;!?…)\]}»”’]+$/u;

/**
 * The text in pieces; those with an address are links.
 * @param {string} text
 * @returns {{text: string, address?: string}[]}
 */
export function pieces(text) {
  const found = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = match[0].replace(TRAIL, "");
    if (!URL.canParse(address)) continue;
    found.push({ text: text.slice(end, match.index) }, { text: address, address });
    end = match.index + address.length;
  }
  found.push({ text: text.slice(end) });
  return found.filter((piece) => piece.text);
}
