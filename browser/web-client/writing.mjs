// Writing: text, pictures, likes, deletion.
import assert from "node:assert/strict";
import { test } from "node:test";
import { blue, red } from "../pictures.mjs";
import { here, PHONE, textOf, tweet } from "./stage.mjs";

/** What a person drags over the page or has in their clipboard. */
const carried = (page, files) => page.evaluateHandle((given) => {
  const carried = new DataTransfer();
  for (const { name, bytes, type } of given) carried.items.add(new File([new Uint8Array(bytes)], name, { type }));
  return carried;
}, files.map((file) => ({ name: file.name, bytes: [...file.buffer], type: file.type ?? "image/png" })));

test("a tweet with pictures by button, drop and paste is published and shown on top", async () => {
  const page = await here.open(here.demo.mira, "/?sort=recent");
  const paper = page.getByRole("form", { name: "Write" });
  const text = paper.getByRole("textbox", { name: "Text of your tweet" });
  await paper.locator("input[type=file]").setInputFiles([red, blue]);
  await paper.dispatchEvent("drop", { dataTransfer: await carried(page, [red]) });
  await text.evaluate((area, clipboardData) => area.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true })), await carried(page, [blue]));
  const chosen = paper.getByRole("list", { name: "Chosen pictures" });
  await chosen.getByRole("listitem").nth(3).waitFor();
  await chosen.getByRole("button", { name: /^Remove/ }).first().click();
  await text.fill("Three pictures <b>&amp;</b> 👋");
  await paper.getByRole("button", { name: "Publish" }).click();
  const mine = tweet(page, "Three pictures <b>&amp;</b> 👋");
  await mine.waitFor();
  assert.equal(await mine.locator("img").count(), 3);
  assert.equal(await text.inputValue(), "");
  await page.getByText("Your tweet is out").waitFor();
  await page.getByRole("link", { name: "Open" }).click();
  await page.waitForURL("**/tweets/*");
});

test("the counter counts as the server does, and nothing too long is sent", async () => {
  const page = await here.open(here.demo.mira);
  const paper = page.getByRole("form", { name: "Write" });
  const text = textOf(paper);
  const publish = paper.getByRole("button", { name: "Publish" });
  await text.fill(`  ${"👋".repeat(279)}  `);
  await paper.getByText("1 character left").waitFor();
  assert.ok(await publish.isEnabled());
  await text.fill("x".repeat(282));
  await paper.getByText("2 characters too many").waitFor();
  assert.ok(await publish.isDisabled());
  // U+FEFF is no white space to the server, U+0085 is.
  await text.fill(`\ufeff${"x".repeat(279)}`);
  await paper.getByText("0 characters left").waitFor();
  await text.fill(`\u0085${"x".repeat(279)}`);
  await paper.getByText("1 character left").waitFor();
  for (const blank of ["   ", "\u200b", "\u200d", "\ufeff", "\u00ad", "\u2060", "\u3164 \u200b\n\ufe0f\u{e0020}\u0085"]) {
    await text.fill(`${blank}.`);
    assert.ok(await publish.isEnabled());
    await text.fill(blank);
    assert.ok(await publish.isDisabled(), `${JSON.stringify(blank)} shows nothing`);
  }
  await page.reload();
  await text.fill("a draft");
  await page.reload();
  assert.equal(await text.inputValue(), "a draft", "a draft outlives a reload");
});

test("an upload shows its progress, can be taken back, and its refusal is shown", async () => {
  const page = await here.open(here.demo.mira);
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await page.route("**/api/medias", async (route) => {
    await held;
    await route.continue().catch(() => {});
  });
  const paper = page.getByRole("form", { name: "Write" });
  await paper.locator("input[type=file]").setInputFiles([{ ...red, name: "slow.png", mimeType: "image/png" }]);
  await paper.getByRole("progressbar", { name: "Uploading slow.png" }).waitFor();
  await textOf(paper).fill("too early");
  assert.ok(await paper.getByRole("button", { name: "Uploading…" }).isDisabled());
  await paper.getByRole("button", { name: "Remove slow.png" }).click();
  assert.ok(await paper.getByRole("button", { name: "Publish" }).isEnabled());
  release();
  await page.unroute("**/api/medias");
  const text = { name: "note.txt", mimeType: "text/plain", buffer: Buffer.from("no picture") };
  await paper.locator("input[type=file]").setInputFiles([text]);
  await page.getByRole("alert").getByText("this is no JPEG, PNG, GIF or WebP picture").waitFor();
  await paper.locator("input[type=file]").setInputFiles([{ ...text, name: "sly.png", mimeType: "image/png" }]);
  await paper.getByRole("alert").getByText("This is no JPEG, PNG, GIF or WebP picture").waitFor();
  await paper.locator("input[type=file]").setInputFiles(Array.from({ length: 11 }, () => red));
  await page.getByText("A tweet has at most 10 pictures").waitFor();
  assert.equal(await paper.getByRole("listitem").count(), 10);
});

test("a like is shown at once, settles on the last wish, and is taken back where the server refuses", async () => {
  const page = await here.open(here.demo.mira);
  const heart = page.getByRole("article").first().getByRole("button", { name: /^Like, / });
  const state = () => heart.evaluate((button) => [button.getAttribute("aria-pressed"), button.getAttribute("aria-label")].join(" "));
  const before = await state();
  await heart.click();
  const after = await state();
  assert.notEqual(after, before);
  await heart.click();
  await page.waitForFunction(async () => {
    const { tweets } = await (await fetch("/api/tweets?limit=1", { headers: { "api-key": "test" } })).json();
    return tweets[0].liked;
  });
  assert.equal(await state(), before);
  await page.route("**/likes", (route) => route.fulfill({ status: 503, json: { result: false, error_type: "unavailable", error_message: "no" } }));
  await heart.click();
  await page.getByRole("alert").getByText("The server is busy").waitFor();
  assert.equal(await state(), before);
});

test("my own tweet is deleted after a question, and no other tweet can be", async () => {
  const page = await here.open(here.demo.mira, "/?sort=recent", { size: PHONE });
  await page.getByRole("button", { name: "Write" }).tap();
  const paper = page.getByRole("dialog", { name: "Write" });
  await textOf(paper).fill("to be deleted");
  await paper.getByRole("button", { name: "Publish" }).tap();
  await paper.waitFor({ state: "detached" });
  const mine = tweet(page, "to be deleted");
  const remove = mine.getByRole("button", { name: "Delete" });
  await remove.tap();
  await page.getByRole("button", { name: "Cancel" }).tap();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.equal(await mine.count(), 1);
  await remove.tap();
  await page.getByRole("dialog", { name: "Delete this tweet?" }).getByRole("button", { name: "Delete" }).tap();
  await mine.waitFor({ state: "detached" });
  await page.getByText("Tweet deleted").waitFor();
  const others = page.getByRole("article").filter({ hasNot: page.getByRole("link", { name: "Mira" }) });
  assert.ok((await others.count()) > 5);
  assert.equal(await others.getByRole("button", { name: "Delete" }).count(), 0);
});

test("what could not be sent stays, and sent again it is published once", async () => {
  const page = await here.open(here.demo.mira, "/?sort=recent");
  const paper = page.getByRole("form", { name: "Write" });
  await textOf(paper).fill("sent twice, published once");
  // The server publishes it, but its answer is lost.
  await page.route("**/api/tweets", async (route) => {
    await route.fetch();
    await route.abort("connectionreset");
  }, { times: 1 });
  await paper.getByRole("button", { name: "Publish" }).click();
  await paper.getByRole("alert").getByText("The server can't be reached").waitFor();
  assert.equal(await textOf(paper).inputValue(), "sent twice, published once");
  await textOf(paper).press("Control+Enter");
  await page.getByText("Your tweet is out").waitFor();
  await page.reload();
  await tweet(page, "sent twice, published once").waitFor();
  assert.equal(await tweet(page, "sent twice, published once").count(), 1);
});
