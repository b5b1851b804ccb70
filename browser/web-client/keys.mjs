// Keys of one's own: made, shown once, used, ended; and the warning before one ends by itself.
import assert from "node:assert/strict";
import { test } from "node:test";
import { DESK, fits, here, isOpenToEveryone, keepScreenshot, PHONE } from "./stage.mjs";

const WORDS = {
  en: { keys: "Your keys", label: "What is the new key for?", make: "Make a key", fresh: "Your new key", copy: "Copy", copied: /^Copied/, done: "Done", here: "this browser", first: "First key", end: (name) => `End ${name}`, yes: "End", ended: "The key has ended" },
  ru: { keys: "Ваши ключи", label: "Для чего новый ключ?", make: "Создать ключ", fresh: "Ваш новый ключ", copy: "Скопировать", copied: /^Скопировано/, done: "Готово", here: "этот браузер", first: "Первый ключ", end: (name) => `Отключить ключ ${name}`, yes: "Отключить", ended: "Ключ отключён" },
};

const statusOf = async (key) => (await fetch(`${here.demo.address}/api/users/me`, { headers: { "api-key": key } })).status;

for (const [name, size, language] of [["desk", DESK, "en-US"], ["phone", PHONE, "ru-RU"]]) {
  test(`a key is made, shown once, copied, used and ended: ${name}`, async () => {
    const words = WORDS[language.slice(0, 2)];
    const label = "The build server of the platform team №7";
    const page = await here.open(await here.demo.add(`keys-${name}`), "/settings", { size, language, permissions: ["clipboard-read", "clipboard-write"] });
    const section = page.getByRole("region", { name: words.keys });
    const rows = section.getByRole("listitem");
    await rows.filter({ hasText: words.first }).filter({ hasText: words.here }).waitFor();
    await section.getByRole("button", { name: words.make }).click();
    await section.getByRole("alert").waitFor();
    await section.getByLabel(words.label).fill(label);
    await section.getByRole("button", { name: words.make }).click();
    const dialog = page.getByRole("dialog", { name: words.fresh });
    const key = await dialog.getByRole("textbox").inputValue();
    assert.match(key, /^tweetty_[0-9a-f]{72}$/);
    await isOpenToEveryone(page, "a new key");
    await fits(page, "a new key");
    await keepScreenshot(page, `new-key-${name}`);
    await dialog.getByRole("button", { name: words.copy }).click();
    await dialog.getByText(words.copied).waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), key);
    await dialog.getByRole("button", { name: words.done }).click();
    await rows.nth(1).getByText(label).waitFor();
    assert.equal(await page.getByText(key).count(), 0);
    assert.equal(await statusOf(key), 200);
    await isOpenToEveryone(page, "two keys");
    await fits(page, "two keys");
    await keepScreenshot(page, `keys-${name}`);
    await rows.nth(1).getByRole("button", { name: words.end(label) }).click();
    await page.getByRole("dialog").getByRole("button", { name: words.yes, exact: true }).click();
    await page.getByText(words.ended).waitFor();
    assert.equal(await rows.count(), 1);
    while ((await statusOf(key)) !== 401) await new Promise((resolve) => setTimeout(resolve, 100));
  });
}

test("the key in use is not ended unnoticed, and what is written waits", async () => {
  const person = await here.demo.add("ends-own-key");
  const page = await here.open(person, "/settings");
  const section = page.getByRole("region", { name: "Your keys" });
  await section.getByRole("button", { name: "End First key" }).click();
  const question = page.getByRole("dialog", { name: "End First key?" });
  await question.getByText("You are signed in with this key").waitFor();
  await question.getByRole("button", { name: "Cancel" }).click();
  assert.equal(await statusOf(person.key), 200);
  await section.getByRole("button", { name: "End First key" }).click();
  await question.getByRole("button", { name: "End", exact: true }).click();
  await page.getByLabel("Your key").waitFor();
  while ((await statusOf(person.key)) !== 401) await new Promise((resolve) => setTimeout(resolve, 100));
});

test("a key that ends soon says so wherever one is, and one that does not is quiet", async () => {
  const person = await here.demo.add("ends-soon");
  const ends_at = new Date(Date.now() + 5 * 86_400_000).toISOString();
  const { key } = await person.call("POST", "/api/keys", { label: "short", ends_at });
  for (const size of [DESK, PHONE]) {
    const page = await here.open(Object.assign(Object.create(person), { key }), "/?scope=all", { size });
    await page.getByText("The key of this browser ends on").waitFor();
    await fits(page, "a key that ends soon");
    await isOpenToEveryone(page, "a key that ends soon");
    await page.getByRole("main").getByRole("link", { name: "Make a key" }).click();
    await page.getByRole("region", { name: "Your keys" }).getByText("short").waitFor();
  }
  const quiet = await here.open(person, "/?scope=all");
  await quiet.getByRole("article").first().waitFor();
  assert.equal(await quiet.getByText("The key of this browser ends on").count(), 0);
});

test("no more keys are made than there may be, and that is said", async () => {
  const person = await here.demo.add("has-many-keys");
  for (let number = 1; number < 20; number++) await person.call("POST", "/api/keys", { label: `key ${number}` });
  const page = await here.open(person, "/settings");
  const section = page.getByRole("region", { name: "Your keys" });
  await section.getByRole("listitem").nth(19).waitFor();
  await section.getByLabel("What is the new key for?").fill("one more");
  await section.getByRole("button", { name: "Make a key" }).click();
  await section.getByText("You can't make more than 20 keys.").waitFor();
});
