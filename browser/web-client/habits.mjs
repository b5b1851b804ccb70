// What those use who come every day: keys, the view to start with, long lists of likers, the installed page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { DESK, here, isOpenToEveryone, keepScreenshot, PHONE } from "./stage.mjs";

const position = (page) => page.evaluate(() => Number(document.activeElement.closest("article")?.getAttribute("aria-posinset") ?? 0));

test("single keys step, like, write, search and explain themselves, unless they are switched off", async () => {
  const page = await here.open(await here.demo.add("by-keys"), "/?scope=all");
  await page.getByRole("article").nth(3).waitFor();
  for (const [key, expected] of [["j", 1], ["j", 2], ["j", 3], ["k", 2]]) {
    await page.keyboard.press(key);
    assert.equal(await position(page), expected);
  }
  await page.keyboard.press("l");
  await page.getByRole("article").nth(1).getByRole("button", { name: /^Like/, pressed: true }).waitFor();
  await page.keyboard.press("Shift+?");
  const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await help.getByText("next tweet").waitFor();
  await isOpenToEveryone(page, "the shortcuts");
  await keepScreenshot(page, "shortcuts");
  await page.keyboard.press("j");
  await page.keyboard.press("Escape");
  await help.waitFor({ state: "detached" });
  assert.equal(await position(page), 2, "behind a window nothing moves");
  await page.keyboard.press("n");
  const paper = page.getByRole("dialog", { name: "Write" });
  await paper.waitFor();
  await page.keyboard.type("jkln/?");
  assert.equal(await paper.getByRole("textbox").inputValue(), "jkln/?");
  await paper.getByRole("textbox").fill("");
  await page.keyboard.press("Escape");
  await paper.waitFor({ state: "detached" });
  await page.keyboard.press("/");
  await page.waitForURL("**/people");
  await page.waitForFunction(() => document.activeElement.id === "search");
  await page.goto("/settings");
  await page.getByRole("checkbox", { name: "Single keys act on the page" }).uncheck();
  await page.goto("/?scope=all");
  await page.getByRole("article").nth(3).waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("n");
  assert.equal(await position(page), 0);
  assert.equal(await page.getByRole("dialog").count(), 0);
});

test("a layout without Latin letters has the same keys", async () => {
  const page = await here.open(here.demo.mira, "/", { language: "ru-RU" });
  await page.getByRole("article").nth(3).waitFor();
  await page.evaluate(() => document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "о", code: "KeyJ", bubbles: true, cancelable: true })));
  assert.equal(await position(page), 1);
});

test("the page begins with the view that one has chosen", async () => {
  const page = await here.open(here.demo.mira, "/settings");
  await page.getByRole("radio", { name: "Whole company, newest" }).check();
  await page.getByRole("link", { name: "Feed", exact: true }).click();
  await page.waitForURL("**/?scope=all&sort=recent");
  const other = await page.context().newPage();
  await other.goto("/");
  await other.waitForURL("**/?scope=all&sort=recent");
  await other.getByRole("article").first().waitFor();
  // The other views are a click away, and a reload stays there.
  await other.getByRole("link", { name: "Following", exact: true }).click();
  await other.getByRole("link", { name: "Popular", exact: true }).click();
  await other.waitForURL((address) => address.pathname + address.search === "/");
  await other.reload();
  await other.getByRole("link", { name: "Popular", exact: true }).and(other.locator("[aria-current=page]")).waitFor();
});

test("who follows reads that, and on the way to the button what a click would do", async () => {
  const [reader, writer] = [await here.demo.add("hovering"), await here.demo.add("hovered")];
  await reader.follow(writer);
  const page = await here.open(reader, `/users/${writer.id}`);
  const button = page.getByRole("main").getByRole("button", { name: "Unfollow hovered" });
  await button.waitFor();
  const seen = () => button.locator("span").evaluateAll((all) => all.filter((span) => getComputedStyle(span).visibility === "visible").map((span) => span.textContent).join());
  const width = async () => (await button.boundingBox()).width;
  assert.equal(await seen(), "Following");
  const before = await width();
  await button.hover();
  assert.equal(await seen(), "Unfollow");
  assert.equal(await width(), before);
});

test("the bar of a phone shows where one is", async () => {
  const page = await here.open(here.demo.mira, "/", { size: PHONE });
  const current = () => page.locator(".nav-link[aria-current]");
  for (const [path, name] of [["/?scope=all", "Feed"], ["/people", "People"], ["/users/1/followers", "Profile"], ["/settings", "Settings"]]) {
    await page.goto(path);
    await current().getByText(name).waitFor();
    assert.equal(await current().count(), 1);
    const shades = await page.locator(".nav-link .icon").evaluateAll((all) => all.filter((icon) => getComputedStyle(icon).backgroundColor !== "rgba(0, 0, 0, 0)").length);
    assert.equal(shades, 1, path);
  }
  await keepScreenshot(page, "phone-bar");
});

test("those who like a tweet are a list that goes on", async () => {
  const page = await here.open(here.demo.mira, "/settings");
  await page.route("**/api/tweets/48/likes?**", (route) => {
    const url = new URL(route.request().url());
    url.searchParams.set("limit", "2");
    return route.continue({ url: String(url) });
  });
  await page.goto("/tweets/48");
  const likers = page.locator(".likers").getByRole("listitem").filter({ has: page.getByRole("link") });
  await likers.nth(1).waitFor();
  const count = Number((await page.locator("#likers").textContent()).match(/\d+/)[0]);
  assert.ok(count > 4, `several pages of two: ${count}`);
  while (!(await page.getByText("That is all").count())) await page.mouse.wheel(0, 2000);
  const names = await likers.getByRole("link").allTextContents();
  assert.equal(new Set(names).size, count);
  assert.equal(names[0], "Mira Solberg", "the viewer goes first");
  await isOpenToEveryone(page, "all likers");
});

test("the documentation of the API is for those who look for it", async () => {
  const page = await here.open(here.demo.mira, "/settings");
  const link = page.getByRole("link", { name: "API documentation" });
  await page.getByText("For developers").waitFor();
  assert.equal(await link.count(), 0);
  await page.getByText("For developers").click();
  await link.click();
  await page.waitForURL("**/docs");
});

test("the page can be installed, and has a way back of its own then", async () => {
  const page = await here.open(here.demo.mira, "/", { size: DESK });
  const inspector = await page.context().newCDPSession(page);
  const { errors, data } = await inspector.send("Page.getAppManifest");
  assert.deepEqual(errors, []);
  const { icons, id, start_url } = JSON.parse(data);
  assert.deepEqual([id, start_url], ["/", "/"]);
  assert.deepEqual(icons.map(({ sizes, purpose }) => `${sizes} ${purpose ?? "any"}`).toSorted(), ["192x192 any", "512x512 any", "512x512 maskable", "any any"]);
  const address = await page.locator("link[rel=manifest]").getAttribute("href");
  for (const { src, sizes } of icons.filter(({ sizes }) => sizes !== "any")) {
    const size = await page.evaluate(async (path) => {
      const bitmap = await createImageBitmap(await (await fetch(path)).blob());
      return `${bitmap.width}x${bitmap.height}`;
    }, new URL(src, `${here.demo.address}${address}`).pathname);
    assert.equal(size, sizes);
  }
  const back = page.getByRole("button", { name: "Back" });
  const people = page.getByRole("link", { name: "People", exact: true });
  await people.click();
  await page.getByRole("heading", { name: "People" }).waitFor();
  assert.equal(await back.count(), 0);
  await page.addInitScript(() => {
    const match = window.matchMedia.bind(window);
    window.matchMedia = (query) => (query === "(display-mode: standalone)" ? { matches: true } : match(query));
  });
  await page.goto("/");
  await page.getByRole("heading", { name: "Feed" }).waitFor();
  assert.equal(await back.count(), 0);
  await people.click();
  await isOpenToEveryone(page, "the installed page");
  await keepScreenshot(page, "installed");
  await back.click();
  await page.getByRole("heading", { name: "Feed" }).waitFor();
});

test("password managers find a name beside the key", async () => {
  const page = await here.open(null, "/");
  await page.getByLabel("Your key").waitFor();
  assert.deepEqual(await page.locator("form input").evaluateAll((all) => all.map((input) => input.autocomplete)), ["username", "current-password"]);
});
