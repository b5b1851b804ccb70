// What was written and is not published yet: who finds it again, and when it is gone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { blue, red } from "../pictures.mjs";
import { DESK, here, isOpenToEveryone, keepScreenshot, PHONE, textOf, tweet } from "./stage.mjs";

const png = (name, { buffer }) => ({ name, mimeType: "image/png", buffer });
const draftOf = (page) => page.evaluate(() => localStorage.getItem("tweetty.draft"));
const names = (place) => place.getByRole("list", { name: "Chosen pictures" }).getByRole("button").evaluateAll((all) => all.map((button) => button.getAttribute("aria-label")));

/** Each of the pictures is seen, and the server has it. */
async function haveCome(page, count) {
  await page.waitForFunction((expected) => {
    const images = [...document.querySelectorAll(".draft-pictures img")];
    const seen = images.length >= expected && images.every((image) => image.complete && image.naturalWidth > 0);
    return seen && !document.querySelector(".draft-pictures progress");
  }, count);
}

async function signIn(page, person) {
  await page.getByLabel("Your key").fill(person.key);
  await page.keyboard.press("Enter");
  await page.getByRole("navigation", { name: "Main" }).waitFor();
}

const writer = async (page) => {
  await page.getByRole("button", { name: "Write", exact: true }).click();
  return page.getByRole("dialog", { name: "Write" });
};

const signOut = async (page) => {
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("Your key").waitFor();
};

for (const [what, size] of [["desk", DESK], ["phone", PHONE]]) {
  test(`a key that ends while somebody writes takes neither text nor pictures: ${what}`, async () => {
    const author = await here.demo.add(`author-${what}`);
    const page = await here.open(author, "/?scope=all&sort=recent", { size });
    const paper = await writer(page);
    await textOf(paper).fill("written before and after\nthe key has ended");
    await paper.locator("input[type=file]").setInputFiles([png("one.png", red), png("two.png", blue)]);
    await haveCome(page, 2);
    let release;
    const held = new Promise((resolve) => (release = resolve));
    const sent = [];
    await page.route("**/api/medias", async (route) => {
      sent.push(route.request().headers()["api-key"]);
      await held;
      await route.continue().catch(() => {});
    });
    // Two are under way; the refusal of one ends the other.
    await paper.locator("input[type=file]").setInputFiles([png("three.png", red), png("four.png", blue)]);
    await here.demo.renew(author);
    release();
    await page.getByRole("alert").getByText("Please sign in with your new one. What you were writing waits for you.").waitFor();
    assert.equal(await page.getByRole("dialog").count(), 0);
    await isOpenToEveryone(page, "the key has ended");
    await keepScreenshot(page, `draft-waits-${what}`);
    await signIn(page, author);
    await haveCome(page, 4);
    assert.equal(await textOf(paper).inputValue(), "written before and after\nthe key has ended");
    assert.deepEqual(await names(paper), ["one", "two", "three", "four"].map((name) => `Remove ${name}.png`), "in their order");
    assert.deepEqual(sent.slice(-2), [author.key, author.key], "what was under way is sent again");
    await keepScreenshot(page, `draft-is-back-${what}`);
    await paper.getByRole("button", { name: "Publish" }).click();
    await page.getByText("Your tweet is out").waitFor();
    const { tweets } = await author.call("GET", `/api/users/${author.id}/tweets`);
    assert.equal(tweets.length, 1);
    const ids = tweets[0].media.map((picture) => picture.id);
    assert.equal(ids.length, 4);
    assert.ok(ids[0] < ids[2] && ids[1] < ids[3], "the first two are those of before");
  });
}

test("a refused publication stays, also where the sign-in page was loaded anew", async () => {
  const author = await here.demo.add("reloading");
  const page = await here.open(author, "/?scope=all");
  const paper = page.getByRole("form", { name: "Write" });
  await textOf(paper).fill("not lost");
  await paper.locator("input[type=file]").setInputFiles([png("one.png", red)]);
  await haveCome(page, 1);
  await page.route("**/api/medias", () => {});
  await page.waitForFunction(() => JSON.parse(localStorage.getItem("tweetty.draft")).pictures[0].mediaId);
  await here.demo.renew(author);
  await paper.getByRole("button", { name: "Publish" }).click();
  await page.getByRole("alert").getByText("What you were writing waits for you").waitFor();
  await page.reload();
  await signIn(page, author);
  await haveCome(page, 1);
  assert.equal(await textOf(paper).inputValue(), "not lost");
  assert.equal(await paper.getByRole("alert").count(), 0, "no refusal of before");
  // One that was under way can't be sent again without its file.
  await paper.locator("input[type=file]").setInputFiles([png("two.png", blue)]);
  await paper.getByRole("progressbar").waitFor();
  await page.reload();
  await paper.getByRole("alert").getByText("This picture is not on the server. Please add it again.").waitFor();
  assert.ok(await paper.getByRole("button", { name: "Publish" }).isDisabled());
  await isOpenToEveryone(page, "a picture that is lost");
  await keepScreenshot(page, "draft-lost-picture");
  await paper.getByRole("button", { name: "Remove two.png" }).click();
  await paper.getByRole("button", { name: "Publish" }).click();
  await page.getByText("Your tweet is out").waitFor();
  const { tweets } = await author.call("GET", `/api/users/${author.id}/tweets`);
  assert.deepEqual(tweets.map(({ content, media }) => [content, media.length]), [["not lost", 1]]);
});

test("a draft is shown to its author alone, and gone once somebody else was here", async () => {
  const [author, other] = [await here.demo.add("private"), await here.demo.add("curious-other")];
  for (const reload of [false, true]) {
    const page = await here.open(author, "/");
    const paper = page.getByRole("form", { name: "Write" });
    await textOf(paper).fill("for nobody else's eyes");
    await paper.locator("input[type=file]").setInputFiles([png("secret.png", red)]);
    await haveCome(page, 1);
    await here.demo.renew(author);
    await paper.getByRole("button", { name: "Publish" }).click();
    await page.getByRole("alert").getByText("What you were writing waits for you").waitFor();
    if (reload) await page.reload();
    await signIn(page, other);
    await page.getByRole("article").or(page.getByText("It is quiet here")).first().waitFor();
    assert.equal(await textOf(paper).inputValue(), "");
    assert.equal(await paper.getByRole("listitem").count(), 0);
    assert.equal(await page.getByRole("dialog").count(), 0);
    assert.doesNotMatch(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }])), /nobody else|secret/);
    await signOut(page);
    await signIn(page, author);
    await page.goto("/");
    assert.equal(await textOf(paper).inputValue(), "");
  }
});

test("a wished sign-out erases the draft in every tab", async () => {
  const author = await here.demo.add("leaving");
  const page = await here.open(author, "/");
  await textOf(page.getByRole("form", { name: "Write" })).fill("not to be left here");
  const second = await page.context().newPage();
  await second.goto("/");
  const paper = second.getByRole("form", { name: "Write" });
  await second.waitForFunction(() => document.querySelector("textarea")?.value === "not to be left here");
  await signOut(page);
  assert.equal(await draftOf(page), null);
  await second.getByLabel("Your key").waitFor();
  assert.equal(await second.getByText("waits for you").count(), 0);
  await signIn(page, author);
  await paper.waitFor();
  assert.equal(await textOf(paper).inputValue(), "");
  await page.goto("/");
  assert.equal(await textOf(page).inputValue(), "");
});

test("all tabs show one draft, and it outlives them", async () => {
  const author = await here.demo.add("two-tabs");
  const one = await here.open(author, "/?sort=recent");
  const context = one.context();
  const two = await context.newPage();
  await two.goto("/?sort=recent");
  const papers = [one, two].map((page) => page.getByRole("form", { name: "Write" }));
  const shows = (page, [text, count]) => page.waitForFunction(([words, pictures]) => {
    const held = [...document.querySelectorAll(".draft-pictures li")];
    return document.querySelector("textarea")?.value === words && held.length === pictures && held.every((one) => !one.querySelector(".bad"));
  }, [text, count]);
  await textOf(papers[0]).fill("begun in one");
  await papers[0].locator("input[type=file]").setInputFiles([png("one.png", red)]);
  await shows(two, ["begun in one", 1]);
  await textOf(papers[1]).fill("begun in one, ended in the other");
  await papers[1].locator("input[type=file]").setInputFiles([png("two.png", blue)]);
  await shows(one, ["begun in one, ended in the other", 2]);
  await haveCome(one, 2);
  await haveCome(two, 2);
  await one.close();
  await two.close();
  const page = await context.newPage();
  await page.goto("/?sort=recent");
  await haveCome(page, 2);
  await page.getByRole("form", { name: "Write" }).getByRole("button", { name: "Publish" }).click();
  const mine = tweet(page, "begun in one, ended in the other");
  await mine.waitFor();
  assert.equal(await mine.locator("img").count(), 2);
  await page.reload();
  await mine.waitFor();
  assert.equal(await textOf(page).inputValue(), "");
  assert.deepEqual(JSON.parse(await draftOf(page)), { author: author.id, text: "", pictures: [] });
});

test("a tab that only shows a draft writes nothing: an older text could overwrite a newer one", async () => {
  const author = await here.demo.add("two-tabs-echo");
  const one = await here.open(author, "/");
  const two = await one.context().newPage();
  await two.addInitScript(() => {
    window.written = [];
    const keep = Storage.prototype.setItem;
    Storage.prototype.setItem = function (place, value) {
      if (place === "tweetty.draft") window.written.push(value);
      return keep.call(this, place, value);
    };
  });
  await two.goto("/");
  await textOf(one.getByRole("form", { name: "Write" })).fill("from one to two");
  await one.locator("input[type=file]").setInputFiles([png("one.png", red), png("two.png", blue)]);
  await haveCome(one, 2);
  await haveCome(two, 2);
  assert.equal(await textOf(two.getByRole("form", { name: "Write" })).inputValue(), "from one to two");
  assert.deepEqual(await two.evaluate(() => window.written), []);
  await textOf(two.getByRole("form", { name: "Write" })).fill("from two to one");
  await one.waitForFunction(() => document.querySelector("textarea").value === "from two to one");
  assert.equal(await two.evaluate(() => window.written.length), 1);
  assert.equal(JSON.parse(await draftOf(one)).pictures.filter(({ mediaId }) => mediaId).length, 2);
});

test("a key that ends in one tab ends in all, and so it is with the new one", async () => {
  const author = await here.demo.add("two-tabs-end");
  const one = await here.open(author, "/");
  const two = await one.context().newPage();
  await two.goto("/");
  const papers = [one, two].map((page) => page.getByRole("form", { name: "Write" }));
  await textOf(papers[0]).fill("in both tabs");
  await papers[0].locator("input[type=file]").setInputFiles([png("one.png", red)]);
  await haveCome(two, 1);
  await here.demo.renew(author);
  await papers[0].getByRole("button", { name: "Publish" }).click();
  for (const page of [one, two]) await page.getByLabel("Your key").waitFor();
  await signIn(two, author);
  for (const [index, page] of [one, two].entries()) {
    await haveCome(page, 1);
    assert.equal(await textOf(papers[index]).inputValue(), "in both tabs");
  }
  await papers[0].getByRole("button", { name: "Publish" }).click();
  await one.getByText("Your tweet is out").waitFor();
  await two.waitForFunction(() => document.querySelector("textarea").value === "" && !document.querySelector(".draft-pictures"));
});

test("a draft outlives the key where nothing can be stored, too", async () => {
  const author = await here.demo.add("no-storage");
  const page = await here.open(author, "/", { size: PHONE });
  await page.addInitScript(() => {
    const keep = Storage.prototype.setItem;
    Storage.prototype.setItem = function (place, value) {
      if (place.startsWith("tweetty.draft")) throw new DOMException("full", "QuotaExceededError");
      return keep.call(this, place, value);
    };
  });
  await page.reload();
  const paper = await writer(page);
  await textOf(paper).fill("only in memory");
  await paper.locator("input[type=file]").setInputFiles([png("one.png", red)]);
  await haveCome(page, 1);
  await here.demo.renew(author);
  await paper.getByRole("button", { name: "Publish" }).click();
  await signIn(page, author);
  await haveCome(page, 1);
  assert.equal(await textOf(paper).inputValue(), "only in memory");
});

test("a tweet that was published while the key ended does not come back as a draft", async () => {
  const author = await here.demo.add("late");
  const page = await here.open(author, "/");
  const paper = page.getByRole("form", { name: "Write" });
  await textOf(paper).fill("out already");
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await page.route("**/api/tweets", async (route) => {
    const response = await route.fetch();
    await held;
    await route.fulfill({ response });
  });
  const answered = page.waitForRequest("**/api/tweets");
  await paper.getByRole("button", { name: "Publish" }).click();
  await answered;
  await here.demo.renew(author);
  await page.getByRole("link", { name: "People" }).click();
  await page.getByRole("alert").getByText("What you were writing waits for you").waitFor();
  release();
  await page.getByText("Your tweet is out").waitFor();
  await page.getByText("waits for you").waitFor({ state: "detached" });
  await signIn(page, author);
  await page.goto("/");
  assert.equal(await textOf(paper).inputValue(), "");
});

test("a picture that the server has removed is said to be gone when the draft comes back", async () => {
  const author = await here.demo.add("slow-writer");
  const page = await here.open(author, "/");
  const paper = page.getByRole("form", { name: "Write" });
  await textOf(paper).fill("begun yesterday");
  await paper.locator("input[type=file]").setInputFiles([png("one.png", red)]);
  await haveCome(page, 1);
  await page.evaluate(() => {
    const draft = JSON.parse(localStorage.getItem("tweetty.draft"));
    draft.pictures[0].uploaded -= 24 * 3_600_000;
    localStorage.setItem("tweetty.draft", JSON.stringify(draft));
  });
  await page.reload();
  await paper.getByRole("alert").getByText("This picture is not on the server. Please add it again.").waitFor();
  assert.equal(await textOf(paper).inputValue(), "begun yesterday");
});

test("what is written before the server has said who writes is kept", async () => {
  const author = await here.demo.add("early");
  const page = await here.open(null, "/");
  await page.evaluate((key) => localStorage.setItem("tweetty.key", key), author.key);
  await page.route("**/api/users/me?*", (route) => route.fulfill({ status: 503, json: { result: false, error_type: "unavailable", error_message: "no" } }));
  await page.goto("/");
  const paper = page.getByRole("form", { name: "Write" });
  await textOf(paper).fill("early");
  await page.reload();
  assert.equal(await textOf(paper).inputValue(), "early");
  await page.unroute("**/api/users/me?*");
  await page.reload();
  await page.waitForFunction((id) => JSON.parse(localStorage.getItem("tweetty.draft")).author === id, author.id);
  assert.equal(await textOf(paper).inputValue(), "early");
});
