// Popular tweets of a time, in a company of three years: what the page begins with, offers and remembers.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startSeeded } from "../service.mjs";
import { DESK, fits, here, isOpenToEveryone, keepScreenshot, PHONE, stoodStill } from "./stage.mjs";

const DAYS = { Day: 1, Week: 7, Month: 30, Year: 365 };
const HOUR = 3_600_000;

/** Some five tweets a week in the whole company, and hardly one of whom the probe follows. */
let company;

before(async () => {
  company = await startSeeded(300, 800);
});

after(() => company?.stop());

const chosen = (page, name) => page.getByRole("link", { name, exact: true }).and(page.locator("[aria-current=page]")).waitFor();
const search = (page) => new URL(page.url()).search;

/** How old the tweets are that are shown, in hours, and how many like them. */
const shown = (page) => page.getByRole("article").evaluateAll((all) => all.map((article) => ({
  age: (Date.now() - Date.parse(article.querySelector("time").dateTime)) / 3_600_000,
  likes: Number(/\d+/.exec(article.querySelector(".like").textContent)?.[0] ?? 0),
})));

test("the page begins with what was popular this week, and every time has its tweets by their likes", async () => {
  const page = await here.open(company.probe, "/?scope=all");
  await chosen(page, "Popular");
  await chosen(page, "Week");
  for (const [name, days] of Object.entries(DAYS)) {
    await page.getByRole("link", { name, exact: true }).click();
    await chosen(page, name);
    await page.locator("article, .state, .the-end").first().waitFor();
    const tweets = await shown(page);
    assert.ok(tweets.every(({ age }) => age < days * 24 + 1), `${name}: ${JSON.stringify(tweets)}`);
    assert.ok(tweets.length > 0 || name === "Day", name);
    const likes = tweets.map((tweet) => tweet.likes);
    assert.deepEqual(likes, likes.toSorted((one, other) => other - one), name);
  }
  await page.getByRole("link", { name: "All time" }).click();
  await page.waitForFunction((hours) => [...document.querySelectorAll("article time")].some((time) => Date.now() - Date.parse(time.dateTime) > hours), 365 * 24 * HOUR);
});

test("where a time has nothing, or nothing more, a longer one is offered", async () => {
  // Nobody else follows or is followed here: what there is is their own.
  const loner = await company.add("loner");
  const page = await here.open(company.probe);
  await page.getByRole("link", { name: "Day", exact: true }).click();
  await page.waitForURL("**/?period=day");
  for (const past of ["the last 7 days", "the last 30 days", "the last 365 days", "all time"]) {
    await page.locator(".the-end, .state").waitFor();
    await page.getByRole("link", { name: `Show ${past}` }).click();
  }
  await page.waitForURL("**/?period=all");
  await page.getByRole("article").nth(15).waitFor();
  // For those who follow nobody a longer time has no more.
  await page.evaluate((key) => localStorage.setItem("tweetty.key", key), loner.key);
  await page.goto("/");
  await page.goto("/?period=week");
  await page.getByText("It is quiet here").waitFor();
  assert.equal(await page.getByRole("link", { name: /^Show/ }).count(), 0);
});

test("a time with nothing says so in both languages, and bars nobody", async () => {
  const quiet = await company.add("quiet");
  await quiet.follow(await company.add("silent"));
  for (const [size, scheme, language, words] of [
    [DESK, "light", "en-US", ["Nothing new", "Nobody whom you follow wrote anything in the last 7 days.", "Show the last 30 days"]],
    [PHONE, "dark", "ru-RU", ["Ничего нового", "За последние 7 дней никто из ваших подписок ничего не написал.", "Показать за последние 30 дней"]],
  ]) {
    const page = await here.open(quiet, "/", { size, scheme, language });
    for (const text of words) await page.getByText(text, { exact: true }).waitFor();
    await fits(page, language);
    await isOpenToEveryone(page, `nothing new, ${language}`);
    await keepScreenshot(page, `nothing-new-${language}`);
  }
});

test("whose tweets, their order and their time are remembered", async () => {
  const page = await here.open(company.probe);
  await chosen(page, "Week");
  await page.getByRole("link", { name: "Whole company", exact: true }).click();
  await page.getByRole("link", { name: "Year", exact: true }).click();
  await page.waitForURL("**/?scope=all&period=year");
  await page.reload();
  await chosen(page, "Year");
  const visit = async (address) => {
    const tab = await page.context().newPage();
    await tab.goto("/");
    await tab.waitForURL(`**${address}`);
    await tab.getByRole("article").first().waitFor();
    return tab;
  };
  const second = await visit("/?scope=all&period=year");
  await second.getByRole("link", { name: "Newest", exact: true }).click();
  await second.waitForURL("**/?scope=all&sort=recent");
  assert.equal(await second.getByRole("navigation", { name: "Time" }).count(), 0, "the newest have no time");
  const third = await visit("/?scope=all&sort=recent");
  await third.getByRole("link", { name: "People", exact: true }).click();
  await third.getByRole("link", { name: "Feed", exact: true }).click();
  await third.waitForURL("**/?scope=all&sort=recent");
  await third.getByRole("link", { name: "Popular", exact: true }).click();
  await third.waitForURL("**/?scope=all&period=year");
  // A start that was chosen for good goes before.
  await third.goto("/settings");
  await third.getByRole("radio", { name: "Following, newest" }).check();
  await visit("/?sort=recent");
  await third.getByRole("radio", { name: "What I saw last" }).check();
  await visit("/?sort=recent");
});

test("the times fit into the narrowest window, and nothing moves when one is chosen", async () => {
  for (const [what, size, language] of [["desk", DESK, "en-US"], ["phone", PHONE, "en-US"], ["narrow", { viewport: { width: 320, height: 640 } }, "ru-RU"]]) {
    const page = await here.open(company.probe, "/?scope=all&period=month", { size, language });
    await page.getByRole("article").nth(3).waitFor();
    await fits(page, what);
    await stoodStill(page);
    await isOpenToEveryone(page, `times, ${what}`);
    await keepScreenshot(page, `periods-${what}`);
  }
});
