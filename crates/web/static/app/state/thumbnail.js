// Small copies of the draft's pictures, as text that storage takes. The server gives no address of a picture that no
// tweet has yet.

const SIDE = 240;

/**
 * The middle of a picture; empty where the browser can't show it.
 * @param {string} address
 */
export async function thumbnailOf(address) {
  try {
    const picture = new Image();
    picture.src = address;
    await picture.decode();
    const { naturalWidth: width, naturalHeight: height } = picture;
    const side = Math.min(width, height);
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = Math.min(SIDE, side);
    const paint = canvas.getContext("2d");
    if (!paint) return "";
    // JPEG knows no transparency.
    paint.fillStyle = "#fff";
    paint.fillRect(0, 0, canvas.width, canvas.height);
    paint.drawImage(picture, (width - side) / 2, (height - side) / 2, side, side, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL("image/jpeg", 0.7);
  } catch {
    return "";
  }
}

/**
 * An address for a small copy: the policy shows pictures from memory, not those within an address.
 * @param {string} thumbnail
 */
export function addressOfThumbnail(thumbnail) {
  try {
    const bytes = Uint8Array.from(atob(thumbnail.slice(thumbnail.indexOf(",") + 1)), (sign) => sign.charCodeAt(0));
    return bytes.length ? URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" })) : "";
  } catch {
    return "";
  }
}
