// Bots: marked by a word wherever they are named, never suggested.
import assert from "node:assert/strict";
import { test } from "node:test";
import { DESK, fits, here, isOpenToEveryone, keepScreenshot, PHONE, tweet } from "./stage.mjs";

/** Forty characters that can't be broken. */
const LONG = "Wolfeschlegelsteinhausenbergerdorff-bot";

for (const [name, size, language, word, owner] of [
  ["desk", DESK, "en-US", "bot", "owner:"],
  ["phone", PHONE, "ru-RU", "бот", "владелец:"],
]) {
  test(`a bot is marked wherever it is named: ${name}`, async () => {
    const person = await here.demo.add(`owns-a-bot-${name}`);
    const bot = await here.demo.add(`${LONG}${name[0]}`, "--bot", "--owner", person.name, "-f", "Continuous-Integration", "-l", "of-the-whole-firm");
    const reader = await here.demo.add(`reads-a-bot-${name}`);
    await reader.follow(bot);
    await bot.follow(reader);
    const text = `The build is green (${name})`;
    const id = await bot.publish(text);
    await bot.call("POST", `/api/tweets/${id}/likes`);
    await reader.call("POST", `/api/tweets/${id}/likes`);
    const page = await here.open(reader, "/?sort=recent", { size, language });
    const marks = (place) => place.locator(".bot").allTextContents();
    const seen = async (what) => {
      await isOpenToEveryone(page, what);
      await fits(page, what);
      await keepScreenshot(page, `${what.replaceAll(" ", "-")}-${name}`);
    };
    const article = tweet(page, text).first();
    await article.waitFor();
    assert.deepEqual(await marks(article), [word]);
    const box = await article.locator(".bot").boundingBox();
    const around = await article.boundingBox();
    assert.ok(box.width > 10 && box.x + box.width <= around.x + around.width, "the mark is not cut off by a long name");
    await page.getByRole("article", { name: new RegExp(`whole-firm.*${word}`) }).first().waitFor();
    await seen("a bots tweet");
    await page.goto(`/tweets/${id}`);
    const liker = page.locator(".likers").getByRole("listitem").filter({ hasText: LONG });
    await liker.waitFor();
    assert.deepEqual(await marks(liker), [word]);
    assert.deepEqual(await marks(page.locator(".likers").getByRole("listitem").first()), [], "the reader is a person");
    await seen("a bot among likers");
    for (const path of [`/users/${reader.id}/followers`, `/users/${reader.id}/following`, `/people?query=${LONG}`]) {
      await page.goto(path);
      const row = page.getByRole("main").getByRole("listitem").filter({ hasText: LONG }).first();
      await row.waitFor();
      assert.deepEqual(await marks(row), [word], path);
    }
    await seen("a bot in a list");
    await page.goto(`/users/${bot.id}`);
    const office = page.locator(".office");
    await office.getByText(owner).waitFor();
    assert.deepEqual(await marks(office), [word]);
    await seen("a bots profile");
    await office.getByRole("link", { name: person.name }).click();
    await page.waitForURL(`**/users/${person.id}`);
    await page.getByRole("heading", { name: person.name }).waitFor();
    assert.equal(await page.locator(".profile .bot").count(), 0);
  });
}

test("no bot is suggested, however much it is liked", async () => {
  const owner = await here.demo.add("owns-a-popular-bot");
  const bot = await here.demo.add("popular-bot", "--bot", "--owner", owner.name);
  const id = await bot.publish("everybody likes this");
  await owner.call("POST", `/api/tweets/${id}/likes`);
  const page = await here.open(await here.demo.add("is-shown-no-bot"), "/", { size: DESK });
  const suggested = page.locator(".suggestions");
  await suggested.first().waitFor();
  assert.equal(await suggested.getByText("popular-bot").count(), 0);
});
