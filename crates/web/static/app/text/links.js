// Addresses in a text, so that they can be followed: of the web, with or without a scheme, and of mail.

const END = "\\s<>\"'`\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069";
/** Nothing that begins within a word is an address. */
const START = "(?<![\\p{L}\\p{N}_@.])";
const WEB = `https?://[^${END}]+|www\\.[\\p{L}\\p{N}][^${END}]*`;
/** A name, and a domain of at least two parts. */
const MAIL = "[\\w.+-]*[\\w+-]@[\\p{L}\\p{N}](?:[\\p{L}\\p{N}-]*[\\p{L}\\p{N}])?(?:\\.[\\p{L}\\p{N}](?:[\\p{L}\\p{N}-]*[\\p{L}\\p{N}])?)+";
const ADDRESS = new RegExp(`${START}(?:(?<web>${WEB})|(?<mail>${MAIL}))`, "giu");
/** What ends a sentence rather than an address. */
const TRAIL = /[.,:;!?…»”’]$/u;
const BRACKETS = /** @type {Record<string, string>} */ ({ ")": "(", "]": "[", "}": "{" });

/**
 * Without what belongs to the sentence: the marks at its end, and a bracket that opens before the address.
 * @param {string} found
 */
function trimmed(found) {
  let address = found;
  for (;;) {
    const last = address.slice(-1);
    const opening = BRACKETS[last];
    const count = (/** @type {string} */ sign) => address.split(sign).length;
    if (!TRAIL.test(address) && !(opening && count(last) > count(opening))) return address;
    address = address.slice(0, -1);
  }
}

/**
 * Where it leads; null where that is no address after all.
 * @param {string} text
 * @param {boolean} isMail
 */
function addressOf(text, isMail) {
  if (isMail) return `mailto:${text}`;
  const address = /^www\./i.test(text) ? `https://${text}` : text;
  if (!URL.canParse(address)) return null;
  // "www." with one more name is no public host.
  return address === text || new URL(address).hostname.split(".").length > 2 ? address : null;
}

/**
 * The text in pieces; those with an address are links.
 * @param {string} text
 * @returns {{text: string, address?: string}[]}
 */
export function pieces(text) {
  const found = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const isMail = match.groups?.mail !== undefined;
    const shown = isMail ? match[0] : trimmed(match[0]);
    const address = addressOf(shown, isMail);
    if (address === null) continue;
    found.push({ text: text.slice(end, match.index) }, { text: shown, address });
    end = match.index + shown.length;
  }
  found.push({ text: text.slice(end) });
  return found.filter((piece) => piece.text);
}
