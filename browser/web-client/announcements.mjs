// Announcements: made on a tweet, shown to everybody first, read, and the list of those who have not.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { DESK, fits, here, isOpenToEveryone, keepScreenshot, PHONE, tweet } from "./stage.mjs";

/** Somebody new who may announce. */
async function communicator(name) {
  const person = await here.demo.add(name);
  await here.demo.manage("update", name, "--role", "communicator");
  return person;
}

const inDays = (days) => new Date(Date.now() + days * 86_400_000).toISOString();
const announce = (person, tweet_id, acknowledge) => person.call("POST", "/api/announcements", { tweet_id, until: inDays(3), acknowledge });
const withdraw = (person, { announcement_id }) => person.call("DELETE", `/api/announcements/${announcement_id}`);

for (const [name, size, language, words] of [
  ["desk", DESK, "en-US", { announce: "Announce this tweet", ask: "Ask people to say that they have read it", yes: "Announce", section: "Announcements", read: "I have read it", done: "You have read it", down: "Take down" }],
  ["phone", PHONE, "ru-RU", { announce: "Сделать объявлением", ask: "Просить отметить, что прочитано", yes: "Объявить", section: "Объявления", read: "Прочитано", done: "Вы это прочитали", down: "Снять" }],
]) {
  test(`a tweet is announced, read and taken down: ${name}`, async () => {
    const com = await communicator(`announces-at-${name}`);
    const text = `The whole office moves to the riverside in the second week of May (${name})`;
    await com.publish(text);
    const page = await here.open(com, "/", { size, language });
    await tweet(page, text).getByRole("button", { name: words.announce }).click();
    const dialog = page.getByRole("dialog", { name: words.announce });
    await isOpenToEveryone(page, "announcing");
    await fits(page, "announcing");
    await keepScreenshot(page, `announcing-${name}`);
    await dialog.getByRole("checkbox", { name: words.ask }).check();
    await dialog.getByRole("button", { name: words.yes, exact: true }).click();
    const section = page.getByRole("region", { name: words.section });
    await section.getByText(text).waitFor();
    assert.equal(await page.getByText(text).count(), 1, "it stands above the list and not in it, too");
    const reader = await here.demo.add(`reads-at-${name}`);
    const read = await here.open(reader, "/?scope=all", { size, language });
    const card = read.getByRole("region", { name: words.section });
    await card.getByText(text).waitFor();
    assert.equal(await card.getByRole("button", { name: words.down }).count(), 0, "nothing that only communicators may do");
    await isOpenToEveryone(read, "an announcement");
    await fits(read, "an announcement");
    await keepScreenshot(read, `announcement-${name}`);
    await card.getByRole("button", { name: words.read }).click();
    await card.getByText(words.done).waitFor();
    await read.reload();
    await card.getByText(words.done).waitFor();
    await card.getByText(text).waitFor();
    assert.equal(await read.getByText(text).count(), 1);
    await section.getByRole("button", { name: words.down }).click();
    await page.getByRole("dialog").getByRole("button", { name: words.down, exact: true }).click();
    await section.waitFor({ state: "detached" });
    await page.getByRole("main").getByText(text).waitFor();
  });
}

test("those who have not read it are listed, and saved as a table without formulas", async () => {
  const com = await communicator("lists-the-missing");
  const late = await here.demo.add("=1+1,\"late\"");
  const prompt = await here.demo.add("reads-promptly");
  const announcement = await announce(com, await com.publish("please read"), true);
  await prompt.call("POST", `/api/announcements/${announcement.announcement_id}/acknowledgement`);
  const page = await here.open(com, "/");
  await page.getByRole("button", { name: "Who has not read it" }).click();
  const dialog = page.getByRole("dialog", { name: "Who has not read it" });
  await dialog.getByText(late.name).waitFor();
  assert.equal(await dialog.getByText(prompt.name, { exact: true }).count(), 0);
  await isOpenToEveryone(page, "those who have not read it");
  const [download] = await Promise.all([page.waitForEvent("download"), dialog.getByRole("button", { name: "Save as a table" }).click()]);
  assert.equal(download.suggestedFilename(), "missing.csv");
  const table = await readFile(await download.path(), "utf8");
  assert.ok(table.startsWith("\ufeffid,nickname,first_name,last_name\r\n"), table.slice(0, 80));
  assert.ok(table.includes(`${late.id},"'=1+1,""late"""`), table);
  assert.ok(!table.includes(prompt.name));
  await withdraw(com, announcement);
});

test("what asks for nothing has no button, and one that is not a communicator announces nothing", async () => {
  const com = await communicator("says-by-the-way");
  const announcement = await announce(com, await com.publish("by the way"), false);
  const page = await here.open(await here.demo.add("only-reads"), "/?scope=all");
  const section = page.getByRole("region", { name: "Announcements" });
  await section.getByText("by the way").waitFor();
  assert.equal(await section.getByRole("button", { name: "I have read it" }).count(), 0);
  await page.getByRole("article").nth(3).waitFor();
  assert.equal(await page.getByRole("button", { name: "Announce this tweet" }).count(), 0);
  await withdraw(com, announcement);
  await page.reload();
  await page.getByRole("article").nth(3).waitFor();
  assert.equal(await section.count(), 0);
});
