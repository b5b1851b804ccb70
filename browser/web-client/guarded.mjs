// Pictures that the server shows to signed-in people alone: the page fetches them with the key.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { red } from "../pictures.mjs";
import { startDemo } from "../service.mjs";
import { DESK, here, keepScreenshot, PHONE } from "./stage.mjs";

let guarded;

before(async () => {
  guarded = await startDemo("--media-sign-in");
});

after(() => guarded?.stop());

const drawn = (selector) => [...document.querySelectorAll(selector)].filter((image) => image.complete && image.naturalWidth > 0 && image.src.startsWith("blob:")).length;

for (const [place, size] of [["desk", DESK], ["phone", PHONE]]) {
  test(`pictures for signed-in people alone are seen by them, on a ${place}`, async () => {
    await guarded.mira.wear(red);
    const page = await here.open(guarded.mira, "/?scope=all", { size });
    const asked = [];
    page.on("request", (request) => {
      if (new URL(request.url()).pathname.startsWith("/media/")) asked.push(request.headers()["api-key"]);
    });
    await page.reload();
    await page.waitForFunction(drawn, ".pictures img");
    await page.getByRole("article").last().scrollIntoViewIfNeeded();
    const picture = page.locator(".pictures .enlarge").first();
    await picture.scrollIntoViewIfNeeded();
    await keepScreenshot(page, `guarded-feed-${place}`);
    await picture.click();
    await page.waitForFunction(drawn, ".lightbox figure img");
    const link = page.getByRole("link", { name: "Save the original" });
    await page.waitForFunction(() => document.querySelector(".lightbox a[download]")?.href.startsWith("blob:"));
    assert.match(await link.getAttribute("download"), /^[0-9a-f]{32}\.(jpg|png|gif|webp)$/);
    await keepScreenshot(page, `guarded-lightbox-${place}`);
    await page.keyboard.press("Escape");
    await page.goto(`/users/${guarded.mira.id}`);
    await page.waitForFunction(drawn, ".profile .avatar img");
    assert.ok(asked.some((key) => key === guarded.mira.key), "they come with the key");
  });
}

test("who signs out leaves no picture behind", async () => {
  const page = await here.open(guarded.mira, "/?scope=all");
  await page.waitForFunction(drawn, ".pictures img");
  const address = await page.locator(".pictures img[src^=blob]").first().getAttribute("src");
  await page.evaluate(() => {
    const revoke = URL.revokeObjectURL.bind(URL);
    window.revoked = [];
    URL.revokeObjectURL = (url) => {
      window.revoked.push(url);
      revoke(url);
    };
  });
  await page.getByRole("link", { name: "Settings", exact: true }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  assert.ok(await page.evaluate((url) => window.revoked.includes(url), address));
});
