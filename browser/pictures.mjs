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
