// What a picture file is by its first bytes, where that is worth a word before it is sent.

/** @import { ForeignKind } from "../types.js" */

/** @type {ForeignKind[]} */
export const FOREIGN = ["heic", "avif"];

/** The brands of the containers of HEIC and AVIF. `mif1` is of either. */
const HEIC = ["heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "mif1", "msf1"];
const AVIF = ["avif", "avis"];
const TYPES = { "image/heic": "heic", "image/heif": "heic", "image/heic-sequence": "heic", "image/heif-sequence": "heic", "image/avif": "avif" };
const ENDINGS = { heic: "heic", heif: "heic", hif: "heic", avif: "avif" };

/** More than the brands of any such file take. */
const BEGINNING = 256;
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** More pieces than any picture has before its pixels. */
const MOST_PIECES = 1000;

/**
 * Which of the formats that are not accepted a file has, by its first bytes or, where those can't be read or say nothing,
 * by its type or the end of its name.
 * @param {File} file
 * @returns {Promise<ForeignKind | null>}
 */
export async function foreignKindOf(file) {
  const bytes = await bytesOf(file, 0, BEGINNING);
  if (textOf(bytes, 4) === "ftyp") {
    const end = Math.min(numberAt(bytes, 0), bytes.length);
    const brands = [];
    // The second number is that of the version.
    for (let at = 8; at + 4 <= end; at += 4) if (at !== 12) brands.push(textOf(bytes, at));
    if (brands.some((brand) => AVIF.includes(brand))) return "avif";
    if (brands.some((brand) => HEIC.includes(brand))) return "heic";
  }
  const ending = /** @type {keyof typeof ENDINGS} */ (file.name.split(".").at(-1)?.toLowerCase());
  const claimed = TYPES[/** @type {keyof typeof TYPES} */ (file.type)] ?? ENDINGS[ending] ?? null;
  return isAccepted(bytes) ? null : /** @type {ForeignKind | null} */ (claimed);
}

/**
 * Whether a PNG moves: it says so before its first pixels. Its pixels are not read.
 * @param {File} file
 */
export async function isMovingPng(file) {
  const start = await bytesOf(file, 0, PNG.length);
  if (!startsWith(start, PNG)) return false;
  let at = PNG.length;
  for (let piece = 0; piece < MOST_PIECES; piece++) {
    const head = await bytesOf(file, at, 8);
    const name = textOf(head, 4);
    if (name === "acTL") return true;
    if (head.length < 8 || name === "IDAT" || name === "IEND") return false;
    // Length, name and checksum besides what is in it.
    at += 12 + numberAt(head, 0);
  }
  return false;
}

/** Whether it is one of those that the server takes, whatever its name says. @param {Uint8Array} bytes */
function isAccepted(bytes) {
  const webp = textOf(bytes, 0) === "RIFF" && textOf(bytes, 8) === "WEBP";
  return webp || startsWith(bytes, PNG) || startsWith(bytes, [0xff, 0xd8, 0xff]) || textOf(bytes, 0) === "GIF8";
}

/**
 * A part of a file; nothing where it can't be read: the upload says so then.
 * @param {File} file
 * @param {number} at
 * @param {number} length
 */
async function bytesOf(file, at, length) {
  try {
    return new Uint8Array(await file.slice(at, at + length).arrayBuffer());
  } catch {
    return new Uint8Array();
  }
}

/** @param {Uint8Array} bytes @param {number[]} beginning */
function startsWith(bytes, beginning) {
  return beginning.every((byte, at) => bytes[at] === byte);
}

/** Four signs. @param {Uint8Array} bytes @param {number} at */
function textOf(bytes, at) {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

/** @param {Uint8Array} bytes @param {number} at */
function numberAt(bytes, at) {
  return bytes.length < at + 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);
}
