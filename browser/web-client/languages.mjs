// Languages: which one is shown, and which words are loaded for it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { here, stoodStill } from "./stage.mjs";

test("the language follows the browser and a switch, plural forms are right in both", async () => {
  const [writer, one, two] = [await here.demo.add("plural"), await here.demo.add("one"), await here.demo.add("two")];
  const page = await here.open(writer, `/users/${writer.id}`, { language: "ru-RU" });
  const followers = async (words) => {
    await page.reload();
    await page.getByRole("link", { name: words, exact: true }).waitFor();
  };
  await followers("0 читателей");
  await one.follow(writer);
  await followers("1 читатель");
  await two.follow(writer);
  await followers("2 читателя");
  assert.equal(await page.locator("html").getAttribute("lang"), "ru");
  await page.getByRole("link", { name: "Настройки" }).click();
  await page.getByRole("radio", { name: "English" }).check();
  await page.getByRole("heading", { name: "Settings" }).waitFor();
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
  await page.goto(`/users/${writer.id}`);
  await followers("2 followers");
});

/** Which words the page asks for from now on. */
function wordsAskedFor(page) {
  const asked = [];
  page.on("request", (request) => {
    const [, language] = /\/words\/(\w+)\.json$/.exec(request.url()) ?? [];
    if (language) asked.push(language);
  });
  return asked;
}

test("only the words of the language that is shown are loaded, beside the code and once", async () => {
  for (const [language, chosen, shown] of [["en-US", "", "en"], ["ru-RU", "", "ru"], ["de-DE", "", "en"], ["en-US", "ru", "ru"], ["ru-RU", "en", "en"], ["en-US", "xx", "en"]]) {
    const page = await here.open(null, "/people", { language });
    await page.evaluate((place) => localStorage.setItem("tweetty.language", place), chosen);
    const asked = wordsAskedFor(page);
    // Without the code nothing but `head.js` can ask for them.
    await page.route("**/app.js", async (route) => {
      while (!asked.length) await new Promise((resolve) => setTimeout(resolve, 20));
      await route.continue();
    });
    await page.reload();
    await page.getByLabel(shown === "ru" ? "Ваш ключ" : "Your key").waitFor();
    assert.deepEqual(asked, [shown], `${language}, chosen: ${chosen}`);
    assert.equal(await page.locator("html").getAttribute("lang"), shown);
    await stoodStill(page);
  }
});

test("a language whose words can't be had is not chosen, and says why", async () => {
  const page = await here.open(here.demo.mira, "/settings");
  const russian = page.getByRole("radio", { name: "Русский" });
  await page.route("**/words/ru.json", (route) => route.abort("connectionrefused"));
  await russian.click();
  await page.getByRole("alert").getByText("The server can't be reached").waitFor();
  assert.ok(await page.getByRole("radio", { name: "English" }).isChecked());
  await page.unroute("**/words/ru.json");
  await page.route("**/words/ru.json", (route) => route.fulfill({ status: 404, body: "" }));
  await russian.click();
  await page.getByRole("alert").getByText("Please reload the page").waitFor();
  assert.ok(await page.getByRole("radio", { name: "English" }).isChecked());
  await page.unroute("**/words/ru.json");
  await russian.click();
  await page.getByRole("heading", { name: "Настройки" }).waitFor();
  assert.ok(await russian.isChecked());
  await page.reload();
  await page.getByRole("heading", { name: "Настройки" }).waitFor();
});

test("words that come late or at the second try are waited for, and nothing is shown before", async () => {
  const page = await here.open(null, "/");
  let tries = 0;
  await page.route("**/words/en.json", (route) => (++tries === 1 ? route.abort("connectionreset") : route.continue()));
  await page.reload({ waitUntil: "load" });
  assert.equal(await page.locator("#page > *").count(), 0);
  await page.getByLabel("Your key").waitFor();
  await stoodStill(page);
});
