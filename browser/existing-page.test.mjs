import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { openBrowser, screenshots } from "./browser.mjs";
import { blue, red } from "./pictures.mjs";
import { startDemo, startProxy } from "./service.mjs";

let demo, proxy, browser, page, failures;

before(async () => {
  demo = await startDemo();
  proxy = await startProxy(demo.address);
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  proxy?.stop();
  await demo?.stop();
});

beforeEach(async () => {
  failures = [];
  page = await browser.newPage();
  page.on("pageerror", (error) => failures.push(error.message));
  page.on("response", (answer) => answer.status() >= 400 && failures.push(`${answer.status()} ${answer.url()}`));
  await page.goto(proxy.address);
  await page.locator("article").first().waitFor();
});

test("the page shows who I am, my feed and its pictures without a key", async () => {
  assert.ok((await page.locator("#name").textContent()).length > 0);
  assert.ok(Number(await page.locator("#following").textContent()) > 0);
  assert.ok((await page.locator("article").count()) > 10);
  await page.waitForFunction(() => [...document.images].every((image) => image.complete));
  const widths = await page.evaluate(() => [...document.images].map((image) => image.naturalWidth));
  assert.ok(widths.length > 0 && widths.every((width) => width > 0), String(widths));
  const likes = (await page.locator(".like").allTextContents()).map((text) => Number(text.slice(2)));
  assert.deepEqual(likes, likes.toSorted((one, other) => other - one), "more likes first");
  await page.screenshot({ path: `${screenshots}existing-page.png` });
  assert.deepEqual(failures, []);
});

test("a tweet with two pictures is posted, liked, unliked and deleted", async () => {
  await page.locator("textarea").fill("Two pictures <b>&amp;</b> 👋");
  await page.locator("input[type=file]").setInputFiles([red, blue]);
  await page.locator("#draft button").click();
  const tweet = page.locator("article", { hasText: "Two pictures <b>&amp;</b> 👋" });
  await tweet.waitFor();
  await page.waitForFunction(() => [...document.images].every((image) => image.complete && image.naturalWidth > 0));
  assert.equal(await tweet.locator("img").count(), 2);
  for (const own of ["true", "false"]) {
    await tweet.locator(".like").click();
    await tweet.locator(`.like[data-own=${own}]`).waitFor();
  }
  await tweet.locator(".delete").click();
  await tweet.waitFor({ state: "detached" });
  assert.deepEqual(failures, []);
});

test("pages of five follow one another without repeating a tweet", async () => {
  const seen = new Set();
  for (let number = 1; number <= 3; number++) {
    const answer = page.waitForResponse((response) => response.url().includes(`offset=${number}&limit=5`));
    await page.locator("#more").click();
    const { tweets } = await (await answer).json();
    assert.equal(tweets.length, 5);
    tweets.forEach((tweet) => seen.add(tweet.id));
  }
  assert.equal(seen.size, 15);
  assert.deepEqual(failures, []);
});

test("somebody is unfollowed and followed again from their profile", async () => {
  const name = await page.locator("#name").textContent();
  await page.locator("article .author").filter({ hasNotText: name }).first().click();
  for (const [now, then] of [["Unfollow", "Follow"], ["Follow", "Unfollow"]]) {
    await page.locator("#follow", { hasText: new RegExp(`^${now}$`) }).click();
    await page.locator("#follow", { hasText: new RegExp(`^${then}$`) }).waitFor();
  }
  assert.deepEqual(failures, []);
});

test("a refusal is shown in words", async () => {
  await page.locator("textarea").fill("x".repeat(281));
  await page.locator("#draft button").click();
  const problem = page.locator("#problem", { hasText: "280" });
  await problem.waitFor();
  assert.match(await problem.textContent(), /281 characters, at most 280/);
});
