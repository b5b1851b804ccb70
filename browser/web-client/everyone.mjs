// For everyone: both languages and schemes, every size, the keyboard alone, less motion, large letters.
import assert from "node:assert/strict";
import { test } from "node:test";
import { DESK, fits, here, isOpenToEveryone, keepScreenshot, PHONE, textOf } from "./stage.mjs";

let arranged;

/** Puts somebody with a long name into every list, once. */
const arrange = () => (arranged ??= (async () => {
  const { demo } = here;
  const colleague = await demo.add("Wolfeschlegelsteinhausenbergerdorff_Sen.");
  await demo.mira.follow(colleague);
  await colleague.follow({ id: 13 });
  await colleague.publish("written by somebody with a long name");
  await colleague.call("POST", "/api/tweets/48/likes");
})());

const VIEWS = {
  feed: ["/", (page) => page.getByRole("article").nth(3)],
  company: ["/?scope=all&sort=recent", (page) => page.getByRole("article").nth(3)],
  tweet: ["/tweets/48", (page) => page.locator(".likers")],
  profile: ["/users/13", (page) => page.getByRole("article").first()],
  followers: ["/users/13/followers", (page) => page.getByRole("main").getByRole("listitem").first()],
  people: ["/people", (page) => page.getByRole("main").getByRole("listitem").nth(3)],
  settings: ["/settings", (page) => page.getByRole("radio").first()],
};

for (const [size, scheme, language] of [["desk", "light", "en-US"], ["desk", "dark", "ru-RU"], ["phone", "light", "ru-RU"], ["phone", "dark", "en-US"]]) {
  test(`axe has nothing to say on any view: ${size}, ${scheme}, ${language}`, async () => {
    await arrange();
    const how = { size: size === "desk" ? DESK : PHONE, scheme, language };
    const door = await here.open(null, "/", how);
    await door.locator("#key").waitFor();
    await isOpenToEveryone(door, "sign-in");
    await keepScreenshot(door, `sign-in-${size}-${scheme}`);
    const page = await here.open(here.demo.mira, "/", how);
    for (const [name, [path, sign]] of Object.entries(VIEWS)) {
      await page.goto(path);
      await sign(page).waitFor();
      await isOpenToEveryone(page, name);
      await fits(page, name);
      await keepScreenshot(page, `${name}-${size}-${scheme}`);
    }
    await page.goto("/tweets/48");
    await page.locator(".enlarge").first().click();
    await page.getByRole("dialog").getByRole("img").waitFor();
    await isOpenToEveryone(page, "lightbox");
    await keepScreenshot(page, `lightbox-${size}-${scheme}`);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: language === "ru-RU" ? "Написать" : "Write", exact: true }).click();
    await textOf(page.getByRole("dialog")).fill("x".repeat(275));
    await isOpenToEveryone(page, "composer");
    await keepScreenshot(page, `composer-${size}-${scheme}`);
  });
}

test("loading is shown as such", async () => {
  const page = await here.open(null, "/");
  await page.evaluate(() => localStorage.setItem("tweetty.key", "test"));
  await page.route("**/api/tweets**", () => {});
  await page.goto("/");
  await page.getByRole("status").getByText("Loading…").waitFor({ state: "attached" });
  await page.locator(".skeleton").first().waitFor();
  await isOpenToEveryone(page, "loading");
  await keepScreenshot(page, "loading");
});

test("the keyboard alone is enough: skip, read, like, enlarge, write", async () => {
  const reader = await here.demo.add("keys");
  const page = await here.open(reader, "/?scope=all");
  await page.getByRole("article").nth(2).waitFor();
  const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent);
  const tabTo = async (name) => {
    for (let step = 0; step < 40; step++) {
      await page.keyboard.press("Tab");
      if (name.test(await focused())) return;
    }
    assert.fail(`no way by Tab to ${name}`);
  };
  await tabTo(/^Skip to content$/);
  await page.keyboard.press("Enter");
  await tabTo(/^Like, /);
  assert.equal(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), "solid", "the focus is seen");
  await page.keyboard.press("Space");
  await page.locator(".like[aria-pressed=true]").first().waitFor();
  await page.keyboard.press("PageDown");
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-posinset")), "2");
  await tabTo(/enlarge$/);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.waitForFunction(() => document.activeElement.textContent.endsWith("enlarge"));
  await textOf(page).focus();
  await page.keyboard.type("by keys alone");
  await page.keyboard.press("Control+Enter");
  await page.getByText("Your tweet is out").waitFor();
});

test("the scheme follows the system and a switch", async () => {
  const page = await here.open(here.demo.mira, "/settings", { scheme: "dark" });
  const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  await page.getByRole("radio", { name: "Light" }).waitFor();
  const dark = await paper();
  await page.getByRole("radio", { name: "Light" }).check();
  await page.waitForFunction((before) => getComputedStyle(document.documentElement).backgroundColor !== before, dark);
  const light = await paper();
  await page.reload();
  await page.getByRole("radio", { name: "Light" }).waitFor();
  assert.equal(await paper(), light);
  await page.getByRole("radio", { name: "As the system" }).check();
  await page.waitForFunction((before) => getComputedStyle(document.documentElement).backgroundColor === before, dark);
});

test("a user who wants less motion gets none", async () => {
  const page = await here.open(here.demo.mira, "/", { reducedMotion: "reduce" });
  await page.getByRole("article").first().waitFor();
  await page.getByRole("button", { name: /^Like, / }).first().click();
  const longest = await page.evaluate(() => Math.max(0, ...document.getAnimations().map((animation) => Number(animation.effect.getComputedTiming().activeDuration))));
  assert.ok(longest <= 1, `${longest} ms of motion`);
});

test("every view fits from 320 pixels to 4K, and zoomed to 400 %", async () => {
  await arrange();
  const sizes = { smallest: [320, 568], "zoomed-400": [320, 225], tablet: [820, 1180], "4k": [3840, 2160] };
  for (const [what, [width, height]] of Object.entries(sizes)) {
    const page = await here.open(here.demo.mira, "/", { size: { viewport: { width, height } }, language: "ru-RU" });
    // Narrow is where things stick out; elsewhere one stands for the others.
    for (const [name, [path, sign]] of Object.entries(VIEWS)) {
      if (width > 320 && name !== "profile") continue;
      await page.goto(path);
      await sign(page).waitFor();
      await fits(page, `${name}, ${what}`);
    }
    await page.goto("/");
    await page.getByRole("article").first().waitFor();
    await keepScreenshot(page, `feed-${what}`);
  }
});
