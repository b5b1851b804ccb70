// Prints the seconds of processor time that libvips takes on one thread for a picture and its smaller copies:
//   node libvips.cjs FILE COPIES RUNS    COPIES: [{"width": 320, "type": "image/jpeg"}, …]
const { readFileSync } = require("node:fs");
const sharp = require("sharp");

sharp.concurrency(1);
sharp.cache(false);
const [file, copies, runs] = [readFileSync(process.argv[2]), JSON.parse(process.argv[3]), Number(process.argv[4])];

const written = (pipeline, type) => {
  if (type === "image/jpeg") return pipeline.jpeg({ quality: 80 });
  if (type === "image/webp") return pipeline.webp({ lossless: true });
  return pipeline.png();
};

/** Each output from the file: a JPEG is decoded smaller for a smaller copy. */
const fromFile = async (type) => {
  await written(sharp(file).rotate(), type).toBuffer();
  for (const copy of copies) await written(sharp(file).rotate().resize(copy.width), copy.type).toBuffer();
};

/** All outputs from pixels that are decoded once. */
const fromPixels = async (type) => {
  const { data, info } = await sharp(file).rotate().raw().toBuffer({ resolveWithObject: true });
  const pixels = () => sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } });
  await written(pixels(), type).toBuffer();
  for (const copy of copies) await written(pixels().resize(copy.width), copy.type).toBuffer();
};

const measured = async (way, type) => {
  await way(type);
  const before = process.cpuUsage();
  for (let run = 0; run < runs; run += 1) await way(type);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6 / runs;
};

(async () => {
  const type = `image/${(await sharp(file).metadata()).format}`;
  console.log(Math.min(await measured(fromFile, type), await measured(fromPixels, type)));
})();
