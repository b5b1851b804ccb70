// The viewer of pictures: closer by every means, the original, and all the ways out of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { red } from "../pictures.mjs";
import { DESK, here, isOpenToEveryone, keepScreenshot, PHONE, settles } from "./stage.mjs";

/** A picture of any size, in plain colours, drawn by the browser. */
async function drawn(width, height) {
  const page = await here.open(null);
  const address = await page.evaluate(([w, h]) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: w, height: h });
    const paint = canvas.getContext("2d");
    const shade = paint.createLinearGradient(0, 0, w, h);
    shade.addColorStop(0, "teal");
    shade.addColorStop(1, "gold");
    paint.fillStyle = shade;
    paint.fillRect(0, 0, w, h);
    return canvas.toDataURL("image/jpeg", 0.8);
  }, [width, height]);
  return { name: "drawn.jpg", buffer: Buffer.from(address.split(",")[1], "base64") };
}

async function view(size, files, more = {}) {
  const id = await here.demo.mira.publish("to be looked at", files);
  const page = await here.open(here.demo.mira, `/tweets/${id}`, { size, ...more });
  await page.getByRole("button", { name: /^Picture 1 of/ }).click();
  const viewer = page.getByRole("dialog");
  const image = viewer.locator("img");
  await image.waitFor();
  await settles(page);
  const width = async () => Math.round((await image.boundingBox()).width);
  const reaches = (expected) => page.waitForFunction((wish) => Math.abs(document.querySelector("dialog img").getBoundingClientRect().width - wish) < 2, expected);
  return { id, page, viewer, image, width, reaches };
}

test("a picture is looked at closer by click, wheel, keys and a button, and dragged", async () => {
  const { page, viewer, image, width, reaches } = await view(DESK, [await drawn(3000, 2000)]);
  const fit = await width();
  assert.ok(fit < 1300, `${fit} pixels`);
  const { x, y } = await image.boundingBox();
  await page.mouse.click(x + 100, y + 100);
  await reaches(3000);
  const corner = await image.boundingBox();
  const [shift, reach] = [x + 100 - corner.x, (100 * 3000) / fit];
  assert.ok(Math.abs(shift - reach) < 3, `what was clicked stays below the pointer: ${shift}, ${reach}`);
  await page.mouse.move(600, 400);
  await page.mouse.down();
  await page.mouse.move(500, 350, { steps: 4 });
  await page.mouse.up();
  const dragged = await image.boundingBox();
  assert.deepEqual([Math.round(dragged.x - corner.x), Math.round(dragged.y - corner.y)], [-100, -50]);
  await keepScreenshot(page, "viewer-zoomed");
  await isOpenToEveryone(page, "a picture that is looked at closer");
  await page.mouse.click(600, 400);
  await reaches(fit);
  await page.mouse.wheel(0, -200);
  await page.waitForFunction((before) => document.querySelector("dialog img").getBoundingClientRect().width > before * 1.3, fit);
  await page.keyboard.press("0");
  await reaches(fit);
  await page.keyboard.press("+");
  await reaches(fit * 1.5);
  const before = await image.boundingBox();
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction((left) => document.querySelector("dialog img").getBoundingClientRect().x < left - 50, before.x);
  await page.keyboard.press("-");
  await reaches(fit);
  await page.keyboard.press("1");
  await reaches(3000);
  const button = viewer.getByRole("button", { name: "Full size", pressed: true });
  await button.click();
  await reaches(fit);
});

test("two fingers bring a picture closer, and one moves it", async () => {
  const { page, image, width, reaches } = await view(PHONE, [await drawn(2000, 1500), red]);
  const fit = await width();
  const touch = await page.context().newCDPSession(page);
  const fingers = (type, ...points) => touch.send("Input.dispatchTouchEvent", { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });
  await fingers("touchStart", [150, 400], [250, 400]);
  await fingers("touchMove", [100, 400], [250, 400]);
  await fingers("touchMove", [100, 400], [300, 400]);
  await fingers("touchEnd");
  await reaches(fit * 2);
  const before = await image.boundingBox();
  await fingers("touchStart", [200, 400]);
  await fingers("touchMove", [150, 400]);
  await fingers("touchMove", [120, 400]);
  await fingers("touchEnd");
  await page.waitForFunction((left) => document.querySelector("dialog img").getBoundingClientRect().x < left - 40, before.x);
  assert.match(await image.getAttribute("alt"), /^Picture 1 of 2/, "moving it is no swipe");
  await isOpenToEveryone(page, "the viewer on a phone");
  await keepScreenshot(page, "viewer-phone");
});

test("the original is opened and saved", async () => {
  const { page, viewer } = await view(DESK, [await drawn(900, 600)]);
  const saved = page.waitForEvent("download");
  await viewer.getByRole("link", { name: "Save the original" }).click();
  assert.match((await saved).suggestedFilename(), /\.(jpg|jpeg)$/);
  const opened = page.context().waitForEvent("page");
  await viewer.getByRole("link", { name: "Open the original" }).click();
  const other = await opened;
  await other.waitForLoadState();
  assert.match(other.url(), /\/media\//);
  assert.equal(await viewer.count(), 1);
});

test("Back closes the viewer and stays on the page, as do a click beside the picture and Escape", async () => {
  const id = await here.demo.mira.publish("Back", [red, red]);
  const page = await here.open(here.demo.mira, "/?sort=recent");
  const article = page.getByRole("article").filter({ hasText: "Back" }).first();
  await article.waitFor();
  const viewer = page.getByRole("dialog");
  const open = async () => {
    await article.getByRole("button", { name: /^Picture 2 of 2/ }).click();
    await viewer.waitFor();
  };
  await open();
  await page.goBack();
  await viewer.waitFor({ state: "detached" });
  assert.equal(new URL(page.url()).search, "?sort=recent");
  await page.waitForFunction(() => /^Picture 2 of 2/.test(document.activeElement.textContent));
  await open();
  await page.mouse.click(60, 450);
  await viewer.waitFor({ state: "detached" });
  await open();
  await page.keyboard.press("Escape");
  await viewer.waitFor({ state: "detached" });
  // No step of a window is left over: Back leads to the page of before.
  await article.getByRole("link", { name: /ago|now/ }).click();
  await page.waitForURL(`**/tweets/${id}`);
  await page.goBack();
  await page.waitForURL("**/?sort=recent");
  await page.waitForFunction(() => !history.state?.windows);
  await page.getByRole("link", { name: "People", exact: true }).click();
  await page.waitForURL("**/people");
  await page.goBack();
  await page.waitForURL("**/?sort=recent");
});

test("what is opened right when a window closes stays open: another window, another page", async () => {
  const page = await here.open(here.demo.mira, "/?sort=recent");
  await page.getByRole("article").nth(3).waitFor();
  const closeThenPress = async (key) => {
    await page.keyboard.press("Shift+?");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    await page.evaluate((key) => new Promise((done) => {
      new MutationObserver((_, observer) => {
        if (document.querySelector("dialog")) return;
        observer.disconnect();
        document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
        done();
      }).observe(document.body, { childList: true, subtree: true });
      document.querySelector("dialog .button").click();
    }), key);
  };
  await closeThenPress("n");
  const paper = page.getByRole("dialog", { name: "Write" });
  await page.waitForTimeout(300);
  assert.equal(await paper.count(), 1);
  assert.equal(await page.evaluate(() => history.state.windows), 1);
  await page.goBack();
  await paper.waitFor({ state: "detached" });
  await closeThenPress("/");
  await page.waitForURL("**/people");
  await page.waitForTimeout(300);
  assert.equal(new URL(page.url()).pathname, "/people");
  await page.goBack();
  await page.waitForURL("**/?sort=recent");
});

test("Back closes the write window and a question, too, the uppermost first", async () => {
  const id = await here.demo.mira.publish("windows", [red]);
  const page = await here.open(here.demo.mira, `/tweets/${id}`, { size: PHONE });
  await page.getByRole("button", { name: "Delete" }).tap();
  await page.getByRole("dialog").waitFor();
  await page.goBack();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.getByRole("button", { name: /enlarge$/ }).tap();
  await page.evaluate(() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(["no picture"], "note.txt", { type: "text/plain" }));
    document.querySelector("dialog img").dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
  });
  await page.getByRole("dialog", { name: "Write" }).waitFor();
  await page.goBack();
  await page.getByRole("dialog", { name: "Write" }).waitFor({ state: "detached" });
  assert.equal(await page.locator("dialog.lightbox").count(), 1);
  await page.goBack();
  await page.locator("dialog").waitFor({ state: "detached" });
  assert.equal(new URL(page.url()).pathname, `/tweets/${id}`);
});
