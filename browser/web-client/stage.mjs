// Where the web client is acted: a demo company, a browser, and its user.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, afterEach, before } from "node:test";
import { openBrowser, screenshots } from "../browser.mjs";
import { startDemo } from "../service.mjs";

const axe = await readFile(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

export const DESK = { viewport: { width: 1280, height: 900 } };
export const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const PATIENCE = 20_000;

/** The company, and how to open the client as somebody would. */
export const here = { demo: null, open };

let browser;
const contexts = [];
let complaints = [];

before(async () => {
  [here.demo, browser] = await Promise.all([startDemo(), openBrowser()]);
});

afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()));
  const heard = complaints;
  complaints = [];
  assert.deepEqual(heard, [], "the page broke or the policy forbade something");
});

after(async () => {
  await browser?.close();
  await here.demo?.stop();
});

/** Without a person nobody is signed in. */
async function open(person, path = "/", { size = DESK, scheme = "light", language = "en-US", ...more } = {}) {
  const baseURL = person?.address ?? here.demo.address;
  const context = await browser.newContext({ ...size, colorScheme: scheme, locale: language, baseURL, ...more });
  contexts.push(context);
  context.setDefaultTimeout(PATIENCE);
  if (person) {
    // Once: a user who signs out stays signed out.
    await context.addInitScript((key) => {
      if (!sessionStorage.getItem("arranged")) localStorage.setItem("tweetty.key", key);
      sessionStorage.setItem("arranged", "yes");
    }, person.key);
  }
  // The layout must not shift but for what the user does.
  await context.addInitScript(() => {
    window.shifts = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if (!entry.hadRecentInput) window.shifts.push({ value: entry.value, what: entry.sources.map((source) => source.node?.outerHTML?.slice(0, 80)) });
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
  const page = await context.newPage();
  afterSteps(page);
  page.on("pageerror", (error) => complaints.push(error.stack ?? error.message));
  page.on("console", (message) => {
    // The browser reports every failed request as an error too; those belong to the tests of troubles.
    if (message.type() === "error" && !/Failed to load resource/.test(message.text())) complaints.push(message.text());
  });
  await page.goto(path);
  return page;
}

/** The step of a closed window is gone back a moment later, which would end a page load begun meanwhile: each waits for it. */
function afterSteps(page) {
  for (const load of ["goto", "reload"]) {
    const begin = page[load].bind(page);
    page[load] = async (...how) => {
      await page.waitForFunction(() => document.querySelectorAll("dialog[open]").length >= (history.state?.windows ?? 0));
      return begin(...how);
    };
  }
}

export function tweet(page, text) {
  return page.getByRole("article").filter({ hasText: text });
}

/** The field for the text of a tweet, beside which each picture has one of its own. */
export function textOf(paper) {
  return paper.getByRole("textbox", { name: /^(Text of your tweet|Текст твита)$/ });
}

/** What moves in is looked at once it stands. */
export function settles(page) {
  return page.waitForFunction(() => document.getAnimations().every((animation) => animation.playState === "finished" || animation.effect?.getTiming().iterations === Infinity));
}

/** Nothing of the view bars anybody, as far as axe sees. */
export async function isOpenToEveryone(page, what) {
  await settles(page);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  }));
  const found = violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ""}`).join(" | ")}`);
  assert.deepEqual(found, [], what);
}

/** Nothing sticks out at the side. */
export async function fits(page, what) {
  const [inner, outer] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(inner <= outer, `${what}: ${inner} pixels in a window of ${outer}`);
}

export async function stoodStill(page) {
  assert.deepEqual(await page.evaluate(() => window.shifts), [], "the layout shifted");
}

export async function keepScreenshot(page, name) {
  await page.waitForFunction(() => [...document.images].filter((image) => image.getBoundingClientRect().top < innerHeight).every((image) => image.complete));
  await page.screenshot({ path: `${screenshots}${name}.png` });
}
