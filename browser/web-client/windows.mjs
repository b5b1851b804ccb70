// What is announced while a window stands above the page: it is seen and spoken in that window.
import assert from "node:assert/strict";
import { test } from "node:test";
import { red } from "../pictures.mjs";
import { DESK, here, isOpenToEveryone, keepScreenshot, PHONE, settles, textOf } from "./stage.mjs";

const BUSY = { status: 503, json: { result: false, error_type: "unavailable", error_message: "no" } };
const png = (name, size = 0) => ({ name, mimeType: "image/png", buffer: size ? Buffer.alloc(size) : red.buffer });

/** The message is in the box of that window which screen readers listen to, and nothing lies above it. */
async function isTold(page, dialog, said) {
  const message = dialog.getByRole("alert").getByText(said);
  await message.waitFor();
  await settles(page);
  const seen = await message.evaluate((text) => {
    const box = text.getBoundingClientRect();
    const above = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    const inside = box.top >= 0 && box.bottom <= innerHeight && box.left >= 0 && box.right <= innerWidth;
    return inside && (above === text || text.contains(above));
  });
  assert.ok(seen, `${said} is seen`);
}

const WORDS = {
  "en-US": { write: "Write", many: "A tweet has at most 10 pictures", large: /large.png: the file is too large; at most 10/, wrong: /note.txt: this is no JPEG/, sly: /This is no JPEG/, busy: /The server is busy/, dismiss: "Dismiss", close: "Close" },
  "ru-RU": { write: "Написать", many: /не больше 10 картинок/, large: /large.png: файл слишком большой; можно не больше 10/, wrong: /note.txt: это не картинка/, sly: /Это не картинка/, busy: /Сервер занят/, dismiss: "Скрыть", close: "Закрыть" },
};

for (const [size, scheme, language] of [["desk", "light", "en-US"], ["desk", "dark", "ru-RU"], ["phone", "light", "ru-RU"], ["phone", "dark", "en-US"]]) {
  test(`what goes wrong while one writes is shown in the write window: ${size}, ${scheme}, ${language}`, async () => {
    const page = await here.open(here.demo.mira, "/", { size: size === "desk" ? DESK : PHONE, scheme, language });
    const words = WORDS[language];
    await page.getByRole("button", { name: words.write, exact: true }).click();
    const dialog = page.getByRole("dialog");
    const chooser = dialog.locator("input[type=file]");
    const picture = `composer-trouble-${size}-${scheme}`;
    // Screen readers hear of what comes into a box that stands there already.
    await dialog.locator(".notices [role=alert]").waitFor({ state: "attached" });
    await chooser.setInputFiles([{ name: "note.txt", mimeType: "text/plain", buffer: Buffer.from("no picture") }]);
    await isTold(page, dialog, words.wrong);
    await chooser.setInputFiles([png("large.png", 11 * 1024 * 1024)]);
    await isTold(page, dialog, words.large);
    await isOpenToEveryone(page, "two messages");
    await keepScreenshot(page, `${picture}-files`);
    // On a slow machine they have gone by themselves.
    for (let left = 2; left > 0; left--) await dialog.getByRole("button", { name: words.dismiss }).first().click({ timeout: 2000 }).catch(() => {});
    await dialog.getByText(words.large).waitFor({ state: "detached" });
    await chooser.setInputFiles([png("sly.png", 100)]);
    await isTold(page, dialog, words.sly);
    await chooser.setInputFiles(Array.from({ length: 11 }, (_, index) => png(`${index}.png`)));
    await isTold(page, dialog, words.many);
    await page.waitForFunction(() => !document.querySelector("dialog progress"));
    await isOpenToEveryone(page, "eleven pictures");
    await keepScreenshot(page, `${picture}-many`);
    await dialog.getByRole("listitem").filter({ hasText: words.sly }).getByRole("button").click();
    await page.route("**/api/tweets", (route) => route.fulfill(BUSY));
    await textOf(dialog).fill("not now");
    await textOf(dialog).press("Control+Enter");
    await isTold(page, dialog, words.busy);
    await isOpenToEveryone(page, "a refusal");
    await keepScreenshot(page, `${picture}-refusal`);
    // A notice that is still shown goes on on the page.
    await chooser.setInputFiles([png("one more.png"), png("two more.png")]);
    await isTold(page, dialog, words.many);
    await dialog.getByRole("button", { name: words.close }).click();
    await dialog.waitFor({ state: "detached" });
    await isTold(page, page.locator("#page > .notices"), words.many);
  });
}

test("a late refusal is shown in the viewer and in a question, in the uppermost of two windows", async () => {
  const id = await here.demo.mira.publish("with a picture", [red]);
  for (const [size, scheme] of [[DESK, "light"], [PHONE, "dark"]]) {
    const page = await here.open(here.demo.mira, `/tweets/${id}`, { size, scheme });
    const dialog = page.getByRole("dialog");
    const meanwhile = async (open) => {
      let release;
      const held = new Promise((resolve) => (release = resolve));
      await page.route("**/likes", async (route) => {
        await held;
        await route.fulfill(BUSY);
      });
      await page.getByRole("button", { name: /^Like, / }).click();
      await open();
      await dialog.waitFor();
      release();
      await isTold(page, dialog, /The server is busy/);
      await page.unroute("**/likes");
    };
    await meanwhile(() => page.getByRole("button", { name: "Delete" }).click());
    await isOpenToEveryone(page, "a question with a message");
    await keepScreenshot(page, `question-trouble-${size === DESK ? "desk" : "phone"}`);
    await dialog.getByRole("button", { name: "Dismiss" }).click();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await meanwhile(() => page.getByRole("button", { name: /enlarge$/ }).click());
    await isOpenToEveryone(page, "the viewer with a message");
    await keepScreenshot(page, `lightbox-trouble-${size === DESK ? "desk" : "phone"}`);
    // A file that is dropped over the viewer opens the write window above it.
    await page.evaluate(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(["no picture"], "note.txt", { type: "text/plain" }));
      document.querySelector("dialog img").dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    });
    const upper = page.getByRole("dialog", { name: "Write" });
    await isTold(page, upper, /note.txt: this is no JPEG/);
    await upper.getByRole("button", { name: "Close" }).click();
    await isTold(page, page.locator(".lightbox"), /note.txt: this is no JPEG/);
    await page.locator(".lightbox").getByRole("button", { name: "Dismiss" }).first().click();
  }
});

test("without a network the write window says so", async () => {
  const page = await here.open(here.demo.mira, "/", { size: PHONE });
  await page.getByRole("article").first().waitFor();
  await page.getByRole("button", { name: "Write" }).tap();
  await page.context().setOffline(true);
  await page.getByRole("dialog").getByRole("status").getByText("You are offline").waitFor();
  await isOpenToEveryone(page, "offline while writing");
  await page.context().setOffline(false);
  await page.getByRole("dialog").getByText("You are offline").waitFor({ state: "detached" });
});
