// A moderator removes what a colleague wrote, and the colleague reads why.
import assert from "node:assert/strict";
import { test } from "node:test";
import { DESK, fits, here, isOpenToEveryone, keepScreenshot, PHONE, tweet } from "./stage.mjs";

const WORDS = {
  en: { remove: "Remove", title: /^Remove this tweet by Anna-Maria Lee/, reason: "Reason", removed: "Tweet removed", notices: "Removed tweets", dismiss: "Dismiss", role: "Moderator", delete: "Delete" },
  ru: { remove: "Удалить твит", title: /Автор: Anna-Maria Lee$/, reason: "Причина", removed: "Твит удалён", notices: "Удалённые твиты", dismiss: "Скрыть", role: "Модератор", delete: "Удалить" },
};

for (const [kind, size, locale, words] of [["desk", DESK, "en-US", WORDS.en], ["phone", PHONE, "ru-RU", WORDS.ru]]) {
  test(`a moderator removes a tweet with a reason that its author reads and dismisses: ${kind}, ${locale}`, async () => {
    const how = { size, language: locale };
    const [ann, moderator] = [await here.demo.add(`ann-${kind}`, "-f", "Anna-Maria", "-l", "Lee"), await here.demo.add(`mo-${kind}`, "--role", "moderator")];
    await moderator.follow(ann);
    const id = await ann.publish(`what must not be said, ${kind}`);
    await ann.publish(`what may be said, ${kind}`);
    await moderator.publish(`the moderator's own, ${kind}`);

    const page = await here.open(moderator, "/?sort=recent", how);
    const article = tweet(page, `what must not be said, ${kind}`);
    await article.getByRole("button", { name: words.remove, exact: true }).click();
    const box = page.getByRole("dialog", { name: words.title });
    const yes = box.getByRole("button", { name: /^(Remove|Удалить)$/ });
    assert.ok(await yes.isDisabled(), "not without a reason");
    await box.getByRole("textbox", { name: words.reason }).fill("  ");
    assert.ok(await yes.isDisabled(), "nor with an empty one");
    await box.getByRole("textbox", { name: words.reason }).fill("names a\ncustomer <b>");
    await isOpenToEveryone(page, "the question");
    await fits(page, "the question");
    await keepScreenshot(page, `removal-question-${kind}`);
    await yes.click();
    await page.getByText(words.removed, { exact: true }).waitFor();
    await article.waitFor({ state: "detached" });
    await box.waitFor({ state: "detached" });
    // One's own is deleted as by everybody.
    await tweet(page, `the moderator's own, ${kind}`).getByRole("button", { name: words.delete, exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: words.delete, exact: true }).click();
    await tweet(page, `the moderator's own, ${kind}`).waitFor({ state: "detached" });
    await page.goto(`/users/${moderator.id}`);
    await page.locator(".office").getByText(words.role).waitFor();

    const authors = await here.open(ann, "/?sort=recent", how);
    const notice = authors.getByRole("region", { name: words.notices });
    await notice.waitFor();
    assert.match(await notice.textContent(), /names a customer <b>.*what must not be said/);
    await isOpenToEveryone(authors, "the notice");
    await fits(authors, "the notice");
    await keepScreenshot(authors, `removal-notice-${kind}`);
    assert.equal(await tweet(authors, `what may be said, ${kind}`).getByRole("button", { name: words.remove, exact: true }).count(), 0, "only a moderator removes");
    await notice.getByRole("button", { name: words.dismiss }).click();
    await notice.waitFor({ state: "detached" });
    const asked = authors.waitForResponse("**/api/removals?**");
    await authors.reload();
    assert.equal((await (await asked).json()).removals.length, 1);
    await tweet(authors, `what may be said, ${kind}`).waitFor();
    assert.equal(await notice.count(), 0, "dismissed is dismissed");

    const others = await here.open(moderator, "/", how);
    await others.getByRole("article").first().waitFor();
    assert.equal(await others.getByRole("region", { name: words.notices }).count(), 0, "it is the author's alone");
  });
}

test("a removal that fails keeps what the moderator wrote", async () => {
  const [ann, moderator] = [await here.demo.add("ann-kept"), await here.demo.add("mo-kept", "--role", "moderator")];
  const id = await ann.publish("kept for now");
  const page = await here.open(moderator, `/tweets/${id}`);
  await page.route(`**/api/tweets/${id}?reason=**`, (route) => route.abort());
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  const box = page.getByRole("dialog");
  await box.getByRole("textbox", { name: "Reason" }).fill("off topic");
  await box.getByRole("button", { name: "Remove" }).click();
  await box.getByText("The server can't be reached").waitFor();
  assert.equal(await box.getByRole("textbox", { name: "Reason" }).inputValue(), "off topic");
  await page.unroute(`**/api/tweets/${id}?reason=**`);
  await box.getByRole("button", { name: "Remove" }).click();
  await page.getByText("Tweet removed").waitFor();
  await page.getByText("There is no such tweet").waitFor();
});
