// Pictures of a tweet: the smaller copies that the browser chooses from, animations, and shapes out of the ordinary.
import assert from "node:assert/strict";
import { test } from "node:test";
import { red } from "../pictures.mjs";
import { DESK, fits, here, isOpenToEveryone, keepScreenshot, PHONE, settles, stoodStill } from "./stage.mjs";

/** What a photo's copies weigh, by their width, in bytes. */
const WEIGHTS = { 320: 18_000, 640: 60_000, 1280: 200_000, 4000: 3_000_000 };
const FEED = (address) => address.pathname === "/api/tweets";

const photo = (id, width = 4000, height = 3000) => ({
  id, url: `/media/${id}-${width}.png`, width, height, type: "image/png", description: null,
  variants: Object.keys(WEIGHTS).map(Number).filter((copy) => copy < width)
    .map((copy) => ({ url: `/media/${id}-${copy}.png`, width: copy, height: Math.round((copy * height) / width), type: "image/png" })),
});

const animation = (id) => ({
  id, url: `/media/${id}-480.gif`, width: 480, height: 320, type: "image/gif", description: null,
  variants: [{ url: `/media/${id}-still.png`, width: 480, height: 320, type: "image/png", still: true }],
});

const written = (id, media) => ({
  id, content: `tweet ${id}`, media, author: { id: 1, name: "Mira" }, likes: [], likes_count: 0, liked: false,
  created_at: "2026-11-23T10:15:30.123Z",
});

/** Answers the feed with those tweets, and their pictures with files of the right weight; lists what was loaded. */
async function serve(page, tweets) {
  const loaded = [];
  await page.route(FEED, (route) => route.fulfill({ json: { result: true, tweets, next_cursor: null } }));
  await page.route("**/media/**", (route) => {
    const name = new URL(route.request().url()).pathname.split("/").at(-1);
    const weight = WEIGHTS[/-(\d+)\./.exec(name)?.[1]] ?? 20_000;
    loaded.push({ name, weight });
    // Whatever follows the picture in its file is not looked at.
    return route.fulfill({ contentType: "image/png", body: Buffer.concat([red.buffer, Buffer.alloc(Math.max(0, weight - red.buffer.length))]) });
  });
  return loaded;
}

async function open(tweets, { saveData = false, ...more } = {}) {
  const page = await here.open(null, "/", more);
  if (saveData) await page.addInitScript(() => Object.defineProperty(navigator, "connection", { value: { saveData: true } }));
  const loaded = await serve(page, tweets);
  await page.evaluate(() => localStorage.setItem("tweetty.key", "test"));
  await page.goto("/");
  await page.getByRole("article").first().waitFor();
  await page.waitForLoadState("networkidle");
  return { page, loaded };
}

for (const [density, most] of [[1, 1_000_000], [3, 1_500_000]]) {
  test(`twenty tweets with four photos each load at most ${most / 1_000_000} MB on a phone of density ${density}`, async () => {
    const tweets = Array.from({ length: 20 }, (_, index) => written(100 - index, [1, 2, 3, 4].map((number) => photo(index * 10 + number))));
    const { page, loaded } = await open(tweets, { size: { ...PHONE, deviceScaleFactor: density } });
    const bytes = loaded.reduce((sum, { weight }) => sum + weight, 0);
    assert.ok(loaded.length >= 8, `${loaded.length} pictures`);
    assert.ok(bytes <= most, `${bytes} bytes`);
    assert.deepEqual(loaded.filter(({ weight }) => weight > WEIGHTS[640]), []);
    assert.equal(await page.locator(".pictures img").last().getAttribute("loading"), "lazy");
    await stoodStill(page);
  });
}

test("a picture is loaded as wide as it is drawn, and without copies as it is", async () => {
  const tweets = [written(3, [photo(1)]), written(2, [photo(2, 3000, 1000), photo(3)]), written(1, [{ ...photo(4), variants: undefined }])];
  const { loaded } = await open(tweets, { size: DESK });
  const names = loaded.map(({ name }) => name).filter((name) => !name.endsWith("-96.png"));
  assert.deepEqual(names.toSorted(), ["1-640.png", "2-1280.png", "3-640.png", "4-4000.png"]);
});

test("an animation moves by itself, unless less motion or fewer bytes are wished, and can be stopped", async () => {
  for (const [what, wish] of [["moving", {}], ["less-motion", { reducedMotion: "reduce" }], ["fewer-bytes", { saveData: true }]]) {
    const { page, loaded } = await open([written(1, [animation(1)])], wish);
    const [still, moving] = [/1-still\.png$/, /1-480\.gif$/];
    const shows = (name) => page.waitForFunction((pattern) => new RegExp(pattern).test(document.querySelector(".pictures img").src), name.source);
    const calm = what !== "moving";
    await shows(calm ? still : moving);
    const picture = page.locator(".picture");
    const viewer = page.getByRole("dialog");
    await picture.getByRole("button", { name: /enlarge$/ }).click();
    assert.match(await viewer.locator("img").getAttribute("src"), calm ? still : moving);
    await settles(page);
    await page.keyboard.press("Escape");
    await viewer.waitFor({ state: "detached" });
    assert.equal(loaded.some(({ name }) => name.endsWith(".gif")), !calm, `${what}: bytes`);
    await isOpenToEveryone(page, "an animation");
    await picture.getByRole("button", { name: calm ? "Play" : "Pause" }).click();
    await shows(calm ? moving : still);
    assert.equal(await page.getByRole("dialog").count(), 0);
    await picture.getByRole("button", { name: calm ? "Pause" : "Play" }).click();
    await shows(calm ? still : moving);
    await keepScreenshot(page, `animation-${what}`);
    await picture.getByRole("button", { name: /enlarge$/ }).click();
    const seen = viewer.locator("img");
    assert.match(await seen.getAttribute("src"), calm ? still : moving);
    await viewer.getByRole("button", { name: calm ? "Play" : "Pause" }).click();
    assert.match(await seen.getAttribute("src"), calm ? moving : still);
  }
});

test("of a tall or wide picture a good part is shown, and that there is more", async () => {
  for (const [what, size] of [["desk", DESK], ["phone", PHONE]]) {
    const { page } = await open([written(3, [photo(1, 700, 9000)]), written(2, [photo(2, 9000, 700)]), written(1, [photo(3)])], { size });
    const boxes = await page.locator(".picture").evaluateAll((all) => all.map((picture) => {
      const { width, height } = picture.getBoundingClientRect();
      return { width, height, more: picture.innerText.includes("Show all of it"), at: getComputedStyle(picture.querySelector("img")).objectPosition };
    }));
    const [tall, wide, plain] = boxes;
    assert.ok(tall.height <= 544 && tall.height >= 300, `${tall.height} pixels of a tall one`);
    assert.ok(wide.height >= 100, `${wide.height} pixels of a wide one`);
    assert.deepEqual(boxes.map(({ more }) => more), [true, true, false]);
    assert.deepEqual([tall.at, plain.at], ["50% 0%", "50% 50%"]);
    await isOpenToEveryone(page, "tall and wide");
    await fits(page, "tall and wide");
    await stoodStill(page);
    await keepScreenshot(page, `shapes-${what}`);
  }
});

test("the last of four says how many more there are", async () => {
  const { page } = await open([written(1, Array.from({ length: 10 }, (_, index) => photo(index + 1)))]);
  await page.getByRole("button", { name: "Picture 4 of 10 by Mira, enlarge, 6 more pictures" }).waitFor();
  assert.equal(await page.locator(".picture").count(), 4);
});

test("the viewer shows a copy until the original has come, in the same size", async () => {
  const { page } = await open([written(1, [photo(1)])]);
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await page.route("**/media/1-4000.png", async (route) => {
    await held;
    await route.fallback();
  });
  await page.getByRole("button", { name: /enlarge$/ }).click();
  const image = page.getByRole("dialog").locator("img");
  assert.match(await image.getAttribute("src"), /1-1280\.png$/);
  await settles(page);
  const before = await image.boundingBox();
  assert.ok(before.width > 1000, `${before.width} pixels`);
  release();
  await page.waitForFunction(() => document.querySelector("dialog img").src.endsWith("1-4000.png"));
  assert.deepEqual(await image.boundingBox(), before);
});
