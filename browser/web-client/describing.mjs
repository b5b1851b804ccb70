// What pictures show, in words; and pictures that can't be taken as they are.
import assert from "node:assert/strict";
import { test } from "node:test";
import { avif, blue, heic, movingPng, red } from "../pictures.mjs";
import { DESK, fits, here, isOpenToEveryone, keepScreenshot, PHONE, textOf, tweet } from "./stage.mjs";

const png = (name, { buffer }) => ({ name, mimeType: "image/png", buffer });
const describing = (paper, name) => paper.getByRole("textbox", { name: `What ${name} shows` });
const haveCome = (page, count) => page.waitForFunction((expected) => {
  const held = JSON.parse(localStorage.getItem("tweetty.draft"))?.pictures ?? [];
  return held.length === expected && held.every((picture) => picture.mediaId !== null && picture.thumbnail);
}, count);

test("what is said of a picture is its alternative text in the feed and in the viewer", async () => {
  const author = await here.demo.add("describer");
  const page = await here.open(author, "/?scope=all&sort=recent");
  const paper = page.getByRole("form", { name: "Write" });
  await paper.locator("input[type=file]").setInputFiles([png("one.png", red), png("two.png", blue), png("three.png", red)]);
  await haveCome(page, 3);
  await describing(paper, "one.png").fill(" A red square\nwith \"corners\" 👋🏽 ");
  await describing(paper, "three.png").fill(" \u200b ");
  await textOf(paper).fill("three, one of them described");
  await describing(paper, "one.png").press("Control+Enter");
  const mine = tweet(page, "three, one of them described");
  await mine.waitFor();
  const said = "A red square\nwith \"corners\" 👋🏽";
  const alts = () => mine.locator(".pictures img").evaluateAll((all) => all.map((image) => image.alt));
  assert.deepEqual(await alts(), [said, "", ""]);
  await page.reload();
  await mine.waitFor();
  assert.deepEqual(await alts(), [said, "", ""]);
  const { tweets } = await author.call("GET", `/api/users/${author.id}/tweets`);
  assert.deepEqual(tweets[0].media.map((picture) => picture.description), [said, null, null]);
  await mine.getByRole("button", { name: "A red square with \"corners\" 👋🏽 Picture 1 of 3 by describer, enlarge" }).click();
  const box = page.getByRole("dialog", { name: "Picture 1 of 3 by describer" });
  assert.equal(await box.locator("img").getAttribute("alt"), said);
  await page.keyboard.press("ArrowRight");
  await box.page().getByRole("dialog").getByRole("img", { name: "Picture 2 of 3 by describer" }).waitFor();
  await isOpenToEveryone(page, "the viewer");
});

test("what was said of pictures is kept with the draft, in all tabs", async () => {
  const author = await here.demo.add("describer-later");
  const one = await here.open(author, "/");
  const two = await one.context().newPage();
  await two.goto("/");
  const papers = [one, two].map((page) => page.getByRole("form", { name: "Write" }));
  await papers[0].locator("input[type=file]").setInputFiles([png("one.png", red), png("two.png", blue)]);
  await haveCome(one, 2);
  await describing(papers[0], "one.png").fill("begun in one");
  await two.waitForFunction(() => document.querySelector(".description")?.value === "begun in one");
  await describing(papers[1], "one.png").fill("begun in one, ended in the other");
  await one.waitForFunction(() => document.querySelector(".description").value === "begun in one, ended in the other");
  await one.reload();
  assert.equal(await describing(papers[0], "one.png").inputValue(), "begun in one, ended in the other");
  await here.demo.renew(author);
  await textOf(papers[0]).fill("with words");
  await papers[0].getByRole("button", { name: "Publish" }).click();
  await one.getByLabel("Your key").fill(author.key);
  await one.keyboard.press("Enter");
  await describing(papers[0], "one.png").waitFor();
  assert.equal(await describing(papers[0], "one.png").inputValue(), "begun in one, ended in the other");
  await papers[0].getByRole("button", { name: "Publish" }).click();
  await one.getByText("Your tweet is out").waitFor();
  const { tweets } = await author.call("GET", `/api/users/${author.id}/tweets`);
  assert.deepEqual(tweets[0].media.map((picture) => picture.description), ["begun in one, ended in the other", null]);
});

test("a draft of a version that knew no descriptions is still shown", async () => {
  const author = await here.demo.add("describer-before");
  const page = await here.open(author, "/");
  const paper = page.getByRole("form", { name: "Write" });
  await paper.locator("input[type=file]").setInputFiles([png("one.png", red)]);
  await haveCome(page, 1);
  await page.evaluate(() => {
    const draft = JSON.parse(localStorage.getItem("tweetty.draft"));
    draft.pictures = draft.pictures.map(({ number, name, thumbnail, mediaId, uploaded }) => ({ number, name, thumbnail, mediaId, uploaded }));
    localStorage.setItem("tweetty.draft", JSON.stringify(draft));
  });
  await page.reload();
  assert.equal(await describing(paper, "one.png").inputValue(), "");
  await textOf(paper).fill("from before");
  await paper.getByRole("button", { name: "Publish" }).click();
  await page.getByText("Your tweet is out").waitFor();
});

const WORDS = {
  "en-US": { write: "Write", describe: "What one.png shows", over: "2 characters too many", publish: "Publish", heic: /^photo\.HEIC: HEIC photos.*Most Compatible/, sly: /^sly\.jpg: HEIC photos/, typed: /^typed: AVIF pictures.*export/, many: /^1\.avif, 2\.avif, 3\.avif …: AVIF pictures/, still: "Only the first picture of this animation is kept." },
  "ru-RU": { write: "Написать", describe: "Что на картинке one.png", over: "Лишних 2 знака", publish: "Опубликовать", heic: /^photo\.HEIC: фото HEIC.*Наиболее совместимые/, sly: /^sly\.jpg: фото HEIC/, typed: /^typed: картинки AVIF.*сохранить/, many: /^1\.avif, 2\.avif, 3\.avif …: картинки AVIF/, still: "От этой анимации останется только первая картинка." },
};

for (const [size, scheme, language] of [["desk", "light", "en-US"], ["desk", "dark", "ru-RU"], ["phone", "light", "ru-RU"], ["phone", "dark", "en-US"]]) {
  test(`a picture is described, a phone's format refused, a stopped animation named: ${size}, ${scheme}, ${language}`, async () => {
    const author = await here.demo.add(`describer-${size}-${scheme}`);
    const page = await here.open(author, "/", { size: size === "desk" ? DESK : PHONE, scheme, language });
    const words = WORDS[language];
    const uploads = [];
    page.on("request", (request) => request.url().endsWith("/api/medias") && uploads.push(request));
    await page.getByRole("button", { name: words.write, exact: true }).click();
    const dialog = page.getByRole("dialog");
    const chooser = dialog.locator("input[type=file]");
    for (const [said, files] of [
      [words.heic, [{ name: "photo.HEIC", mimeType: "", buffer: Buffer.from("unknown to the browser") }]],
      [words.typed, [{ name: "typed", mimeType: "image/avif", buffer: Buffer.from("cut off") }]],
      [words.sly, [{ name: "sly.jpg", mimeType: "image/jpeg", buffer: heic }]],
      [words.many, [1, 2, 3, 4].map((number) => ({ name: `${number}.avif`, mimeType: "image/avif", buffer: avif }))],
    ]) {
      await chooser.setInputFiles(files);
      await dialog.getByRole("alert").getByText(said).waitFor();
    }
    assert.equal(await dialog.getByRole("listitem").count(), 0);
    assert.deepEqual(uploads, [], "nothing of them is sent");
    await isOpenToEveryone(page, "pictures of phones");
    await fits(page, "pictures of phones");
    await keepScreenshot(page, `foreign-${size}-${scheme}`);
    // A JPEG or PNG by any name is taken.
    await chooser.setInputFiles([png("one.png", red), { name: "moving.png", mimeType: "image/png", buffer: movingPng }]);
    await dialog.getByRole("listitem").filter({ hasText: words.still }).waitFor();
    await haveCome(page, 2);
    assert.equal(await dialog.getByText(words.still).count(), 1, "of the one that stands still nothing is said");
    const field = dialog.getByRole("textbox", { name: words.describe });
    await field.fill(`  ${"👋".repeat(1502)} `);
    await dialog.getByText(words.over).waitFor();
    await textOf(dialog).fill("described");
    assert.ok(await dialog.getByRole("button", { name: words.publish }).isDisabled());
    await isOpenToEveryone(page, "a description that is too long");
    await field.fill("A red square, and a text that goes on for more than a line, so that the field grows with it.");
    assert.ok(await dialog.getByRole("button", { name: words.publish }).isEnabled());
    await isOpenToEveryone(page, "descriptions");
    await fits(page, "descriptions");
    await keepScreenshot(page, `describing-${size}-${scheme}`);
    await page.reload();
    await page.getByRole("button", { name: words.write, exact: true }).click();
    await dialog.getByText(words.still).waitFor();
  });
}
