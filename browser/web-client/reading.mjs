// Reading: who I am, the feed in its orders, pictures, profiles, people, news.
import assert from "node:assert/strict";
import { test } from "node:test";
import { blue, red } from "../pictures.mjs";
import { DESK, here, PHONE, stoodStill, tweet } from "./stage.mjs";

const likesShown = async (page) => {
  await page.getByRole("article").nth(5).waitFor();
  const names = await page.getByRole("button", { name: /^Like, / }).evaluateAll((buttons) => buttons.map((button) => button.getAttribute("aria-label")));
  return names.map((name) => Number(/(\d+) like/.exec(name)[1]));
};

test("somebody signs in with their key, is remembered, and signs out", async () => {
  const page = await here.open(null);
  const key = page.getByLabel("Your key");
  for (const [typed, said] of [["", "Please enter your key"], ["не ключ", "That is not a key"], ["wrong", "Nobody has this key"]]) {
    await key.fill(typed);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText(said).waitFor();
  }
  await key.fill(" test ");
  await key.press("Enter");
  await page.getByRole("article").first().waitFor();
  await page.reload();
  await page.getByRole("article").first().waitFor();
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await key.waitFor();
  await page.reload();
  await key.waitFor();
  assert.equal(await page.evaluate(() => localStorage.getItem("tweetty.key")), null);
});

test("the feed is popular or newest, of those whom I follow or of the whole company", async () => {
  const stranger = await here.demo.add("stranger");
  await stranger.publish("from somebody whom Mira does not follow");
  const page = await here.open(here.demo.mira);
  const popular = await likesShown(page);
  assert.deepEqual(popular, popular.toSorted((one, other) => other - one), "more likes first");
  await page.getByRole("link", { name: "Newest" }).click();
  await page.waitForURL("**/?sort=recent");
  await page.waitForFunction(() => {
    const moments = [...document.querySelectorAll("article time")].map((time) => time.getAttribute("datetime"));
    return moments.length > 5 && moments.every((moment, index) => index === 0 || moment <= moments[index - 1]);
  });
  const strange = tweet(page, "from somebody whom Mira does not follow");
  assert.equal(await strange.count(), 0);
  await page.getByRole("link", { name: "Whole company" }).click();
  await page.waitForURL("**/?scope=all&sort=recent");
  await strange.waitFor();
  await page.goBack();
  await page.waitForURL("**/?sort=recent");
  await page.getByRole("link", { name: "Newest", exact: true }).and(page.locator("[aria-current=page]")).waitFor();
});

test("pictures have their place before they come, and nothing moves", async () => {
  for (const size of [DESK, PHONE]) {
    const page = await here.open(here.demo.mira, "/", { size });
    await page.getByRole("article").nth(5).waitFor();
    await page.waitForFunction(() => document.images.length > 0 && [...document.images].some((image) => image.complete && image.naturalWidth > 0));
    const shapes = await page.locator(".pictures img").evaluateAll((images) => images.map((image) => [image.getAttribute("width"), image.getAttribute("height")]));
    assert.ok(shapes.length > 0 && shapes.flat().every((length) => Number(length) > 0), String(shapes));
    await stoodStill(page);
  }
});

test("500 tweets scroll by, none of them twice, and the page stays small", async () => {
  const [reader, writer] = [await here.demo.add("patient"), await here.demo.add("busy")];
  await reader.follow(writer);
  const texts = Array.from({ length: 500 }, (_, index) => `number ${index}`);
  const lanes = Array.from({ length: 8 }, async () => {
    for (let text = texts.pop(); text; text = texts.pop()) await writer.publish(text);
  });
  await Promise.all(lanes);
  const page = await here.open(reader, "/?sort=recent");
  await page.getByRole("article").first().waitFor();
  await page.mouse.move(640, 450);
  const seen = new Set();
  let most = 0;
  do {
    // Where the eye is, there is a tweet, however fast somebody scrolls.
    await page.waitForFunction(() => document.elementFromPoint(innerWidth / 2, innerHeight / 2).closest("article, .the-end"));
    const { shown, nodes } = await page.evaluate(() => ({
      shown: [...document.querySelectorAll("article .tweet-text")].map((text) => text.textContent),
      nodes: document.getElementsByTagName("*").length,
    }));
    shown.forEach((text) => seen.add(text));
    most = Math.max(most, nodes);
    await page.mouse.wheel(0, 800);
  } while (!(await page.evaluate(() => document.querySelector(".the-end")?.getBoundingClientRect().bottom < innerHeight)));
  assert.equal(seen.size, 500);
  const order = await page.locator("article").evaluateAll((articles) => articles.map((article) => Number(article.getAttribute("aria-posinset"))));
  assert.equal(order.at(-1), 500);
  assert.ok(most < 4000, `${most} nodes`);
  await stoodStill(page);

  const place = await page.evaluate(() => scrollY);
  await page.getByRole("article").last().getByRole("link", { name: /ago|now/ }).click();
  await page.getByRole("heading", { name: "Tweet by" }).waitFor();
  await page.goBack();
  await page.waitForFunction((before) => Math.abs(scrollY - before) < 200, place);
  assert.ok((await page.locator("article").count()) < 100, "the way back draws no more than is seen");
});

test("pictures are looked at in a lightbox by mouse, keys and touch", async () => {
  const writer = await here.demo.add("writer");
  const id = await writer.publish("three pictures", [red, blue, red]);
  const page = await here.open(here.demo.mira, `/tweets/${id}`);
  const second = page.getByRole("button", { name: "Picture 2 of 3 by writer, enlarge" });
  await second.click();
  const box = page.getByRole("dialog");
  await box.getByRole("img", { name: "Picture 2 of 3 by writer" }).waitFor();
  await page.keyboard.press("ArrowRight");
  await box.getByText("3 of 3").waitFor();
  await box.getByRole("button", { name: "Next picture" }).click();
  await box.getByText("1 of 3").waitFor();
  await page.keyboard.press("ArrowLeft");
  await box.getByText("3 of 3").waitFor();
  await page.keyboard.press("Escape");
  await box.waitFor({ state: "detached" });
  await page.waitForFunction(() => document.activeElement.textContent === "Picture 2 of 3 by writer, enlarge");

  const phone = await here.open(here.demo.mira, `/tweets/${id}`, { size: PHONE });
  await phone.getByRole("button", { name: /Picture 1 of 3/ }).tap();
  await phone.getByRole("dialog").getByText("1 of 3").waitFor();
  const touch = await phone.context().newCDPSession(phone);
  const finger = (type, x) => touch.send("Input.dispatchTouchEvent", { type, touchPoints: type === "touchEnd" ? [] : [{ x, y: 400 }] });
  await finger("touchStart", 300);
  await finger("touchMove", 200);
  await finger("touchEnd");
  await phone.getByRole("dialog").getByText("2 of 3").waitFor();
  await phone.getByRole("button", { name: "Close" }).click();
  await phone.getByRole("dialog").waitFor({ state: "detached" });
});

test("every tweet has a link, which names those who like it", async () => {
  const page = await here.open(here.demo.mira, "/", { permissions: ["clipboard-read", "clipboard-write"] });
  const first = page.getByRole("article").first();
  await first.getByRole("button", { name: "Copy link" }).click();
  await page.getByText("Link copied").waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(copied, /\/tweets\/\d+$/);
  await page.goto(copied);
  await page.getByRole("heading", { name: /^\d+ likes$/ }).waitFor();
  await page.locator(".likers").getByRole("link", { name: "Mira" }).click();
  await page.waitForURL("**/users/1");
  await page.getByRole("heading", { level: 1, name: "Mira" }).waitFor();
  const gone = await here.open(here.demo.mira, "/tweets/999999");
  await gone.getByText("There is no such tweet").waitFor();
});

test("a profile shows tweets, followers and following, and can be followed", async () => {
  const reader = await here.demo.add("reader");
  const page = await here.open(reader, "/users/13");
  await page.getByRole("heading", { level: 1, name: "Contour" }).waitFor();
  await page.getByRole("article").first().waitFor();
  await stoodStill(page);
  const main = page.getByRole("main");
  const count = async () => Number(/\d+/.exec(await main.getByRole("link", { name: /followers$/ }).textContent())[0]);
  const before = await count();
  const followed = page.waitForResponse("**/follow");
  await main.getByRole("button", { name: "Follow Contour" }).click();
  await main.getByRole("button", { name: "Unfollow Contour" }).waitFor();
  assert.equal(await count(), before + 1);
  await followed;
  await main.getByRole("link", { name: /followers$/ }).click();
  await main.getByRole("link", { name: "reader" }).waitFor();
  await main.getByRole("link", { name: /following$/ }).click();
  await main.getByRole("listitem").first().waitFor();
  await main.getByRole("button", { name: "Unfollow Contour" }).click();
  await main.getByRole("button", { name: "Follow Contour" }).waitFor();
  await page.waitForFunction(async (key) => {
    const answer = await fetch("/api/users/me", { headers: { "api-key": key } });
    return (await answer.json()).user.following_count === 1;
  }, reader.key);
});

test("people are found by a part of a name in any script", async () => {
  const page = await here.open(here.demo.mira, "/people");
  const rows = page.getByRole("main").getByRole("listitem");
  await rows.nth(9).waitFor();
  await page.getByRole("searchbox", { name: "Find people by name" }).fill("нико");
  await page.waitForURL("**/people?query=*");
  await page.getByRole("main").getByRole("link", { name: "Николай" }).waitFor();
  await page.waitForFunction(() => document.querySelectorAll("main li").length === 1);
  await page.getByRole("searchbox").fill("qqqq");
  await page.getByText("Nobody found").waitFor();
  await page.getByRole("searchbox").fill("");
  await rows.nth(9).waitFor();
});

test("new tweets are announced without a reload, and shown on a click", async () => {
  const [reader, writer] = [await here.demo.add("curious"), await here.demo.add("newsy")];
  await reader.follow(writer);
  const known = await writer.publish("what is known");
  const page = await here.open(null);
  await page.clock.install();
  await page.evaluate((key) => localStorage.setItem("tweetty.key", key), reader.key);
  const asked = page.waitForResponse((answer) => answer.url().includes("limit=1&") || answer.url().endsWith("limit=1"));
  await page.goto("/?sort=recent");
  await page.clock.fastForward(1000);
  await asked;
  await page.getByRole("article").first().waitFor();
  await writer.publish("the first news");
  await writer.publish("the second news");
  await page.clock.fastForward(31_000);
  const pill = page.getByRole("button", { name: "2 new tweets" });
  await pill.waitFor();
  await stoodStill(page);
  await pill.click();
  await tweet(page, "the second news").waitFor();
  await pill.waitFor({ state: "detached" });
  // Among the popular ones they come on top, and the order stays.
  await page.getByRole("link", { name: "Popular", exact: true }).click();
  await page.clock.fastForward(1000);
  await tweet(page, "what is known").waitFor();
  await page.clock.fastForward(1000);
  await reader.call("POST", `/api/tweets/${known}/likes`);
  await writer.publish("the third news");
  await page.clock.fastForward(31_000);
  await page.getByRole("button", { name: "1 new tweet" }).click();
  await page.getByRole("article").first().getByText("the third news").waitFor();
  await page.getByRole("link", { name: "Popular", exact: true }).and(page.locator("[aria-current=page]")).waitFor();
  assert.equal(new URL(page.url()).search, "");
  assert.equal(await page.getByRole("article").count(), 4);
  // They are known now; the list that is asked for anew has them in their places.
  await page.clock.fastForward(31_000);
  assert.equal(await page.locator(".pill").count(), 0);
  await page.getByRole("link", { name: "Week", exact: true }).click();
  await page.getByRole("article").first().getByText("what is known").waitFor();
});
