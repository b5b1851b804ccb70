// What is typed and pasted: signs of other programs, composed characters, selections that are dragged.
import assert from "node:assert/strict";
import { test } from "node:test";
import { here, PHONE, textOf } from "./stage.mjs";

const paperOf = (page) => page.getByRole("form", { name: "Write" });

test("line breaks of other programs become line breaks, and what the server refuses is left out", async () => {
  const author = await here.demo.add("presenter");
  const page = await here.open(author, "/", { permissions: ["clipboard-read", "clipboard-write"] });
  const area = textOf(paperOf(page));
  await area.fill("before  after");
  await area.evaluate((field) => field.setSelectionRange(7, 7));
  await page.evaluate(() => navigator.clipboard.writeText("a title\u000bits second line\fnext\u001b[1m\u0000 page\r\nend"));
  await area.press("Control+V");
  const expected = "before a title\nits second line\nnext[1m page\nend after";
  await page.waitForFunction((text) => document.querySelector("textarea").value === text, expected);
  await page.keyboard.type("!");
  assert.equal(await area.inputValue(), expected.replace(" after", "! after"), "the cursor stays behind what was put in");
  await page.getByText(`${280 - [...await area.inputValue()].length}`, { exact: true }).waitFor();
  await area.press("Control+Enter");
  await page.getByText("Your tweet is out").waitFor();
  const { tweets } = await author.call("GET", `/api/users/${author.id}/tweets`);
  assert.equal(tweets[0].content, expected.replace(" after", "! after"));
});

test("an Enter that ends the composition of a character does not publish", async () => {
  const page = await here.open(await here.demo.add("composing"), "/");
  const area = textOf(paperOf(page));
  await area.fill("にほん");
  const sent = [];
  page.on("request", (request) => request.method() === "POST" && sent.push(request.url()));
  const enter = (how) => area.evaluate((field, more) => {
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true, cancelable: true, ...more }));
  }, how);
  await enter({ isComposing: true });
  await enter({ keyCode: 229 });
  assert.deepEqual(sent, []);
  await enter({});
  await page.getByText("Your tweet is out").waitFor();
});

test("a selection that is dragged out of the write window leaves it open, a click beside it closes it", async () => {
  const page = await here.open(await here.demo.add("selecting"), "/");
  await page.getByRole("button", { name: "Write", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Write" });
  await textOf(dialog).fill("a text to select");
  const box = await textOf(dialog).boundingBox();
  await page.mouse.move(box.x + 60, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(20, box.y + 20, { steps: 5 });
  await page.mouse.up();
  await page.waitForTimeout(100);
  assert.equal(await dialog.count(), 1);
  assert.ok(await textOf(dialog).evaluate((field) => field.selectionEnd > field.selectionStart), "something is selected");
  await page.mouse.click(20, 450);
  await dialog.waitFor({ state: "detached" });
});

test("the text box grows with its text, also where the browser does not do it by itself", async () => {
  for (const native of [true, false]) {
    const page = await here.open(null, "/", { size: PHONE });
    if (!native) {
      await page.addInitScript(() => {
        const supports = CSS.supports.bind(CSS);
        CSS.supports = (...words) => !words.join().includes("field-sizing") && supports(...words);
      });
      await page.route("**/styles.css", async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, body: (await response.text()).replaceAll("field-sizing: content", "") });
      });
    }
    await page.evaluate(() => localStorage.setItem("tweetty.key", "test"));
    await page.goto("/");
    await page.getByRole("button", { name: "Write" }).tap();
    const area = textOf(page.getByRole("dialog"));
    const height = async () => (await area.boundingBox()).height;
    const one = await height();
    await area.fill("1\n2\n3\n4\n5\n6");
    await page.waitForFunction((before) => document.querySelector("dialog textarea").getBoundingClientRect().height > 2.5 * before, one);
    assert.equal(await area.evaluate((field) => field.scrollHeight - field.clientHeight), 0, "nothing is hidden");
    await area.fill("");
    await page.waitForFunction((before) => document.querySelector("dialog textarea").getBoundingClientRect().height < before + 1, one);
  }
});
