// Uploads: how far they are, what becomes of those that fail, and of the page that is left meanwhile.
import assert from "node:assert/strict";
import { test } from "node:test";
import { blue, red } from "../pictures.mjs";
import { startProxy } from "../service.mjs";
import { DESK, here, isOpenToEveryone, keepScreenshot, PHONE, textOf } from "./stage.mjs";

const png = (name, { buffer } = red) => ({ name, mimeType: "image/png", buffer });
const BUSY = { status: 503, json: { result: false, error_type: "unavailable", error_message: "no" } };
const paperOf = (page) => page.getByRole("form", { name: /^(Write|Написать)$/ });
const publish = (paper) => paper.locator("button[type=submit]");
const choose = (paper, ...files) => paper.locator("input[type=file]").setInputFiles(files);

test("a failed upload is tried again, and one that is refused for good is not", async () => {
  for (const [what, size, write] of [["desk", DESK, false], ["phone", PHONE, true]]) {
    const page = await here.open(await here.demo.add(`retrying-${what}`), "/", { size });
    if (write) await page.getByRole("button", { name: "Write" }).tap();
    const paper = paperOf(page);
    await page.route("**/api/medias", (route) => route.fulfill(BUSY), { times: 1 });
    await choose(paper, png("one.png"));
    await paper.getByRole("alert").getByText("The server is busy").waitFor();
    await paper.getByText("Remove the picture that failed, or try again.").waitFor();
    assert.ok(await publish(paper).isDisabled());
    await isOpenToEveryone(page, "a failed upload");
    await keepScreenshot(page, `upload-failed-${what}`);
    await paper.getByRole("button", { name: "Try again: one.png" }).click();
    await paper.getByText("Remove the picture that failed").waitFor({ state: "detached" });
    await paper.getByText("A tweet needs some text, too.").waitFor();
    await choose(paper, { name: "sly.png", mimeType: "image/png", buffer: Buffer.from("no picture") });
    await paper.getByRole("alert").getByText("This is no JPEG").waitFor();
    assert.equal(await paper.getByRole("button", { name: /^Try again/ }).count(), 0);
    await paper.getByRole("button", { name: "Remove sly.png" }).click();
    await textOf(paper).fill("at the second try");
    await publish(paper).click();
    await page.getByText("Your tweet is out").waitFor();
  }
});

test("an upload that is never answered ends after a minute, and says so", async () => {
  const author = await here.demo.add("patient-uploader");
  const page = await here.open(null, "/");
  await page.clock.install();
  await page.evaluate((key) => localStorage.setItem("tweetty.key", key), author.key);
  await page.route("**/api/medias", () => {}, { times: 1 });
  await page.goto("/");
  const paper = paperOf(page);
  await choose(paper, png("one.png"));
  await paper.getByRole("progressbar").waitFor();
  await page.clock.fastForward(61_000);
  await paper.getByRole("alert").getByText("The server takes too long to answer").waitFor();
  await paper.getByRole("button", { name: "Try again: one.png" }).click();
  await paper.getByText("A tweet needs some text, too.").waitFor();
});

test("once all is sent, it is said that the picture is being prepared", async () => {
  let release;
  const held = new Promise((resolve) => (release = resolve));
  const proxy = await startProxy(here.demo.address, { files: {}, hold: (request) => request.url === "/api/medias" && held });
  try {
    const page = await here.open(await here.demo.add("preparing"), "/", { baseURL: proxy.address });
    const paper = paperOf(page);
    await choose(paper, png("one.png"));
    await paper.getByRole("progressbar", { name: "Preparing one.png" }).waitFor();
    assert.equal(await publish(paper).textContent(), "Preparing…");
    await isOpenToEveryone(page, "a picture that is being prepared");
    release();
    await paper.getByRole("button", { name: "Publish" }).waitFor();
    assert.equal(await paper.getByRole("progressbar").count(), 0);
    await page.close();
  } finally {
    release();
    proxy.stop();
  }
});

test("a picture without text says why it can't be published", async () => {
  const page = await here.open(await here.demo.add("wordless"), "/", { language: "ru-RU" });
  const paper = paperOf(page);
  assert.equal(await paper.getByText("К картинке нужен и текст.").count(), 0);
  await choose(paper, png("one.png"));
  await paper.getByRole("status").getByText("К картинке нужен и текст.").waitFor();
  assert.ok(await publish(paper).isDisabled());
  assert.equal(await publish(paper).evaluate((button) => document.getElementById(button.getAttribute("aria-describedby")).textContent), "К картинке нужен и текст.");
  await publish(paper).click({ force: true });
  await textOf(paper).fill("и текст");
  await paper.getByText("К картинке нужен и текст.").waitFor({ state: "detached" });
  // Once the picture has arrived.
  await page.waitForFunction((button) => !button.disabled, await publish(paper).elementHandle());
});

test("leaving while a picture is under way asks first, and not otherwise", async () => {
  const page = await here.open(await here.demo.add("leaver"), "/");
  const paper = paperOf(page);
  const asked = [];
  page.on("dialog", (dialog) => {
    asked.push(dialog.type());
    void dialog.accept();
  });
  await textOf(paper).fill("kept anyway");
  await page.reload();
  assert.deepEqual(asked, []);
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await page.route("**/api/medias", async (route) => {
    await held;
    await route.continue().catch(() => {});
  }, { times: 1 });
  // A browser asks only those who have done something on the page.
  await textOf(paper).click();
  await choose(paper, png("one.png"));
  await paper.getByRole("progressbar").waitFor();
  await page.reload();
  assert.deepEqual(asked, ["beforeunload"]);
  release();
  await paper.getByRole("alert").getByText("This picture is not on the server").waitFor();
  await paper.getByRole("button", { name: "Remove one.png" }).click();
  await page.reload();
  assert.deepEqual(asked, ["beforeunload"]);
});

test("a picture that another tab is sending is under way here, too, and lost only with that tab", async () => {
  const author = await here.demo.add("two-tabs-sending");
  const one = await here.open(author, "/");
  const two = await one.context().newPage();
  await two.goto("/");
  const papers = [one, two].map(paperOf);
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await one.route("**/api/medias", async (route) => {
    await held;
    await route.continue().catch(() => {});
  }, { times: 2 });
  await choose(papers[0], png("one.png"), png("two.png", blue));
  await papers[1].getByRole("progressbar").nth(1).waitFor();
  // Longer than the other tab is waited for.
  await two.waitForTimeout(2500);
  assert.equal(await papers[1].getByRole("progressbar").count(), 2);
  assert.equal(await papers[1].getByRole("alert").count(), 0);
  release();
  await papers[1].getByRole("progressbar").first().waitFor({ state: "detached" });
  await papers[1].getByRole("progressbar").first().waitFor({ state: "detached" });
  await textOf(papers[1]).fill("sent by one, published by the other");
  await publish(papers[1]).click();
  await two.getByText("Your tweet is out").waitFor();
  await one.route("**/api/medias", () => {});
  await choose(papers[0], png("three.png"));
  await papers[1].getByRole("progressbar").waitFor();
  await one.close();
  await papers[1].getByRole("alert").getByText("This picture is not on the server").waitFor();
});

test("what two tabs show before the server has said who is here stands once in both", async () => {
  const author = await here.demo.add("two-tabs-early");
  const one = await here.open(author, "/");
  const two = await one.context().newPage();
  /** Holds back who is here; answers how to let it come. */
  const hold = async (page) => {
    let release;
    const held = new Promise((resolve) => (release = resolve));
    await page.route("**/api/users/me?*", async (route) => {
      await held;
      await route.continue();
    });
    return release;
  };
  const releases = [await hold(one), await hold(two)];
  const papers = [one, two].map(paperOf);
  await one.evaluate(() => localStorage.removeItem("tweetty.draft"));
  await one.reload();
  await textOf(papers[0]).fill("written early");
  await choose(papers[0], png("one.png"), png("two.png", blue));
  await two.goto("/");
  await papers[1].getByRole("button", { name: "Remove two.png" }).waitFor();
  releases[0]();
  await one.waitForFunction((id) => JSON.parse(localStorage.getItem("tweetty.draft")).author === id, author.id);
  releases[1]();
  await two.getByRole("link", { name: "Profile" }).first().waitFor();
  await publish(papers[0]).and(one.locator(":enabled")).waitFor();
  await publish(papers[1]).and(two.locator(":enabled")).waitFor();
  for (const paper of papers) {
    assert.equal(await paper.getByRole("button", { name: /^Remove/ }).count(), 2);
    assert.equal(await textOf(paper).inputValue(), "written early");
  }
});

test("pictures that the server has removed are sent again where the file is at hand, else said to be gone", async () => {
  const author = await here.demo.add("sleeper");
  const page = await here.open(author, "/");
  const paper = paperOf(page);
  const isThere = () => page.waitForFunction(() => JSON.parse(localStorage.getItem("tweetty.draft")).pictures[0]?.mediaId);
  await textOf(paper).fill("begun yesterday");
  await choose(paper, png("one.png"));
  await isThere();
  const refused = (id) => ({ status: 422, json: { result: false, error_type: "validation_error", error_message: `media ${id} is unknown, another user's or attached already` } });
  const publishOnce = async () => {
    const { mediaId } = await page.evaluate(() => JSON.parse(localStorage.getItem("tweetty.draft")).pictures[0]);
    await page.route("**/api/tweets", (route) => route.fulfill(refused(mediaId)), { times: 1 });
    await publish(paper).click();
    return mediaId;
  };
  const first = await publishOnce();
  await page.waitForFunction((before) => (JSON.parse(localStorage.getItem("tweetty.draft")).pictures[0].mediaId ?? before) > before, first);
  assert.equal(await paper.getByRole("alert").count(), 0, "what could be mended is not worth a word");
  // In a tab that slept for a day, the picture is looked at when the tab is.
  const second = page.waitForRequest("**/api/medias");
  await page.evaluate(() => {
    const now = Date.now;
    Date.now = () => now() + 24 * 3_600_000;
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await second;
  await isThere();
  await page.reload();
  await isThere();
  await publishOnce();
  await paper.getByRole("alert").getByText("This picture is not on the server. Please add it again.").waitFor();
  assert.equal(await textOf(paper).inputValue(), "begun yesterday");
});
