// Where the focus is after what had it is gone, and what keys and clicks on a tweet do.
import assert from "node:assert/strict";
import { test } from "node:test";
import { red } from "../pictures.mjs";
import { here, textOf, tweet } from "./stage.mjs";

const focused = (page) => page.evaluate(() => {
  const { activeElement: element } = document;
  return element === document.body ? "body" : (element.getAttribute("aria-label") ?? element.textContent).trim().slice(0, 60);
});
const isFocused = (page, pattern) => page.waitForFunction((source) => {
  const { activeElement: element } = document;
  return element !== document.body && new RegExp(source).test(`${element.tagName} ${element.getAttribute("aria-label") ?? element.textContent}`);
}, pattern.source);

test("the focus goes to the view after signing in, and to the sign-in after signing out", async () => {
  const page = await here.open(null, "/settings");
  await page.getByLabel("Your key").fill("test");
  await page.getByRole("button", { name: "Sign in" }).focus();
  await page.keyboard.press("Enter");
  await isFocused(page, /^H1 Settings$/);
  await page.getByRole("button", { name: "Sign out" }).focus();
  await page.keyboard.press("Enter");
  await isFocused(page, /^H1 tweetty$/);
});

test("the focus stays in the form after publishing, and with the pictures after one is removed", async () => {
  const page = await here.open(await here.demo.add("focused-writer"), "/?sort=recent");
  const paper = page.getByRole("form", { name: "Write" });
  const png = (name) => ({ name, mimeType: "image/png", buffer: red.buffer });
  await textOf(paper).fill("by keys");
  await paper.locator("input[type=file]").setInputFiles([png("one.png"), png("two.png")]);
  await paper.getByRole("button", { name: "Remove one.png" }).focus();
  await page.keyboard.press("Enter");
  await isFocused(page, /Remove two\.png/);
  await page.waitForFunction(() => !document.querySelector("progress"));
  await paper.getByRole("textbox", { name: "What two.png shows" }).press("Control+Enter");
  await tweet(page, "by keys").waitFor();
  assert.notEqual(await focused(page), "body");
  assert.ok(await page.evaluate(() => document.activeElement.closest("form.composer") !== null));
  await textOf(paper).fill("by the button");
  await paper.getByRole("button", { name: "Publish" }).press("Enter");
  await tweet(page, "by the button").waitFor();
  await isFocused(page, /Publish/);
});

test("the focus goes to the next tweet after one is deleted, and to the title where there is none", async () => {
  const author = await here.demo.add("focused-deleter");
  for (const text of ["third", "second", "first"]) await author.publish(text);
  const page = await here.open(author, "/?sort=recent");
  const remove = async (text) => {
    await (text ? tweet(page, text) : page).getByRole("button", { name: "Delete" }).press("Enter");
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).press("Enter");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  };
  await remove("first");
  await isFocused(page, /^ARTICLE [^]*second/);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/tweets/*");
  await page.getByRole("heading", { name: "Tweet by focused-deleter" }).waitFor();
  await remove();
  await isFocused(page, /^H1 Tweet$/);
});

test("a double click on a word selects it, and a single one opens the tweet", async () => {
  const page = await here.open(here.demo.mira, "/");
  const text = page.getByRole("article").first().locator(".tweet-text");
  await text.dblclick({ position: { x: 10, y: 12 } });
  await page.waitForTimeout(500);
  assert.equal(new URL(page.url()).pathname, "/");
  assert.notEqual(await page.evaluate(() => getSelection().toString().trim()), "");
  await page.mouse.click(5, 5);
  await page.evaluate(() => getSelection().removeAllRanges());
  await text.click({ position: { x: 10, y: 12 } });
  await page.waitForURL("**/tweets/*");
});
