// Small pictures as a person might choose them; neither name nor declared type says what they are.
const picture = (base64) => ({
  name: "../../étrange name.exe",
  mimeType: "application/octet-stream",
  buffer: Buffer.from(base64, "base64"),
});

export const red = picture(
  "iVBORw0KGgoAAAANSUhEUgAAABgAAAAQCAIAAACDRijCAAAAGklEQVR42mM4oaFBFcQwatCoQaMGjRpEGQIATMGkEOEozAAAAAAASUVORK5CYII=",
);
export const blue = picture(
  "iVBORw0KGgoAAAANSUhEUgAAABgAAAAQCAIAAACDRijCAAAAGklEQVR42mPQCDhBFcQwatCoQaMGjRpEGQIAVKrgEAJ27TUAAAAASUVORK5CYII=",
);

/** A PNG that moves: two frames, red and blue. */
export const movingPng = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAABgAAAAQCAIAAACDRijCAAAADHRFWHRUaXRsZQBiZWZvcmXQbH7KAAAACGFjVEwAAAACAAAAAPON" +
  "k3AAAAAaZmNUTAAAAAAAAAAYAAAAEAAAAAAAAAAAAAEABQAAYbuVnQAAABpJREFUeNpjOCEnRxXEMGrQqEGjBo0aRBkCAOe2hhCC" +
  "Di6OAAAAGmZjVEwAAAABAAAAGAAAABAAAAAAAAAAAAABAAUAAPrIf0kAAAAeZmRBVAAAAAJ42mOQkztBFcQwatCoQaMGjRpEGQIA" +
  "6ZiGEIv2JPYAAAAASUVORK5CYII=",
  "base64",
);

/** How files of phones begin; nobody reads further. */
export const heic = Buffer.from("\0\0\0\x1cftypheic\0\0\0\0mif1heicmiaf", "latin1");
export const avif = Buffer.from("\0\0\0\x20ftypavif\0\0\0\0avifmif1miafMA1B", "latin1");
