// What people do every day, in the browsers that are not Chromium: sign in, read, publish with a picture, look at it,
// like, follow, search.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { screenshots } from "./browser.mjs";
import { openFirefox } from "./other-browsers/firefox.mjs";
import { openWebKit } from "./other-browsers/webkit.mjs";
import { red } from "./pictures.mjs";
import { startDemo } from "./service.mjs";

const SIZE = { width: 1280, height: 900 };
const PATIENCE = 30_000;

let demo;
let folder;

before(async () => {
  await mkdir(screenshots, { recursive: true });
  folder = await mkdtemp(join(tmpdir(), "tweetty-pictures-"));
  await writeFile(join(folder, "red.png"), red.buffer);
  demo = await startDemo();
});

after(async () => {
  await demo?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Acts in the page: what can be pressed with that name, the last of several, since a window is above the page. */
function pressable(name, within) {
  const place = within ? [...document.querySelectorAll(within)].at(-1) : document;
  const nameOf = (element) => element.getAttribute("aria-label") ?? element.textContent.trim();
  return [...(place?.querySelectorAll("button, a") ?? [])].filter((element) => nameOf(element).startsWith(name) && element.getClientRects().length > 0 && !element.disabled).at(-1) ?? null;
}

for (const [name, open] of [["Firefox", openFirefox], ["WebKit", openWebKit]]) {
  test(`an everyday visit: ${name}`, { timeout: 180_000 }, async () => {
    const person = await demo.add(`visits-by-${name.toLowerCase()}`);
    const page = await open(SIZE);
    /** Waits until what is done answers something true. */
    const until = async (what, act) => {
      for (const begun = Date.now(); Date.now() - begun < PATIENCE;) {
        if (await act()) return;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      await page.screenshot(`${screenshots}${name.toLowerCase()}-failed.png`);
      throw new Error(`${name}: ${what} did not come`);
    };
    const isSo = (what, condition, ...words) => until(what, () => page.run(condition, ...words));
    const press = (button, within) => until(button, () => page.click(pressable, button, within));
    const shows = (text) => isSo(text, (text) => document.body.innerText.includes(text), text);
    try {
      await page.goto(`${demo.address}/`);
      await isSo("the field of the key", () => document.querySelector("input[type=password]") !== null);
      await page.click(() => document.querySelector("input[type=password]"));
      await page.type(person.key);
      await press("Sign in");
      await shows("Whole company");
      await press("Whole company");
      await isSo("tweets", () => document.querySelectorAll("article").length > 5);
      await page.screenshot(`${screenshots}${name.toLowerCase()}-feed.png`);

      await page.choose(() => document.querySelector("input[type=file]"), join(folder, "red.png"));
      await isSo("the picture in the draft", () => document.querySelector(".draft-pictures img")?.complete);
      await page.click(() => document.querySelector("textarea"));
      await page.type(`Hello from ${name}`);
      await press("Publish");
      await shows("Your tweet is out");
      await press("Newest");
      // The list of before, which has the tweet too, would be replaced under a click.
      await isSo("the newest first", () => {
        const ids = [...document.querySelectorAll("article")].map((article) => Number(article.getAttribute("aria-labelledby").slice("author-".length)));
        return ids.length > 5 && ids.every((id, place) => place === 0 || id < ids[place - 1]);
      });
      await isSo("the tweet with its picture", (text) => {
        const article = [...document.querySelectorAll("article")].find((article) => article.innerText.includes(text));
        const picture = article?.querySelector("img.picture, .pictures img");
        return picture?.complete && picture.naturalWidth > 0;
      }, `Hello from ${name}`);

      await press("Picture 1 of 1");
      await isSo("the viewer", () => document.querySelector("dialog[open].lightbox img")?.naturalWidth > 0);
      await page.screenshot(`${screenshots}${name.toLowerCase()}-viewer.png`);
      await page.press("Escape");
      await isSo("the page without the viewer", () => document.querySelector("dialog") === null);

      await press("Like");
      await isSo("a like", () => document.querySelector("button.like[aria-pressed=true]") !== null);

      await press("People");
      await isSo("the search", () => document.querySelector("#search") !== null);
      await page.click(() => document.querySelector("#search"));
      await page.type("mira");
      await isSo("only Mira", () => document.querySelectorAll("main .person-name").length === 1);
      await press("Follow Mira Solberg", "main");
      await isSo("a followee", () => document.querySelector("main [aria-label='Following. Unfollow Mira Solberg']") !== null);
      await page.screenshot(`${screenshots}${name.toLowerCase()}-people.png`);
      const { followers } = (await person.call("GET", "/api/users/1")).user;
      assert.ok(followers.some(({ id }) => id === person.id), "the server knows the follower");
      assert.deepEqual(await page.errors(), [], "the page broke");
    } finally {
      await page.close();
    }
  });
}
