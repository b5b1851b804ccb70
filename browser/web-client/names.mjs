// Names of forty characters: whole or cut off, but never below what is pressed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { DESK, fits, here, keepScreenshot } from "./stage.mjs";

/** One that can't be broken, one of wide signs. */
const NAMES = ["Wolfeschlegelsteinhausenbergerdorff_Jun.", "ЩШЖМФЮЫЩШЖМФЮЫЩШЖМФЮЫЩШЖМФЮЫЩШЖМФЮЫЩШЖМФЮ"];
const WIDTHS = [320, 390, 768, 1000, 1280, 1440];

/** The names of which something lies below a button, a link or a field. */
function covered(page) {
  return page.evaluate(() => {
    const cut = (rect, by) => {
      const [left, top, right, bottom] = [Math.max(rect.left, by.left), Math.max(rect.top, by.top), Math.min(rect.right, by.right), Math.min(rect.bottom, by.bottom)];
      return { left, top, right, bottom, empty: right - left < 1.5 || bottom - top < 1.5 };
    };
    const seenOf = (name) => {
      const range = document.createRange();
      range.selectNodeContents(name);
      return [...range.getClientRects()].map((whole) => {
        let seen = cut(whole, whole);
        for (let around = name; around; around = around.parentElement) {
          if (getComputedStyle(around).overflow !== "visible") seen = cut(seen, around.getBoundingClientRect());
        }
        return seen;
      }).filter((seen) => !seen.empty);
    };
    const fixed = (element) => element.closest(".navigation, .skip") !== null;
    const others = [...document.querySelectorAll("button, a, input, label")].filter((other) => other.checkVisibility({ visibilityProperty: true }) && !other.closest(".hidden") && !fixed(other));
    const found = [];
    for (const name of document.querySelectorAll("main :is(.person-name bdi, h1), .beside .person-name bdi")) {
      for (const other of others) {
        if (other.contains(name) || name.contains(other)) continue;
        if (seenOf(name).some((seen) => !cut(seen, other.getBoundingClientRect()).empty)) found.push(`${name.textContent} below ${other.outerHTML.slice(0, 80)}`);
      }
    }
    return found;
  });
}

test("long names never run below buttons, at any width, in letters of twice the size", async () => {
  const people = [];
  for (const name of NAMES) people.push(await here.demo.add(name));
  const [viewer, other] = people;
  await viewer.follow(other);
  await other.follow(viewer);
  await viewer.publish("written by somebody with a long name");
  const id = await other.publish("liked by somebody with a long name");
  await viewer.call("POST", `/api/tweets/${id}/likes`);
  const page = await here.open(viewer, "/", { size: DESK });
  const inspector = await page.context().newCDPSession(page);
  const views = {
    feed: ["/?sort=recent", page.getByRole("article").nth(1)],
    tweet: [`/tweets/${id}`, page.locator(".likers")],
    profile: [`/users/${other.id}`, page.getByRole("article").first()],
    own: [`/users/${viewer.id}`, page.getByRole("article").first()],
    followers: [`/users/${viewer.id}/followers`, page.getByRole("main").getByRole("listitem").first()],
    people: [`/people?query=${encodeURIComponent(NAMES[1].slice(0, 9))}`, page.getByRole("main").getByRole("button", { name: /ollow/ }).first()],
    settings: ["/settings", page.getByRole("radio").first()],
  };
  for (const [what, [path, sign]] of Object.entries(views)) {
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.goto(path);
    await sign.waitFor();
    for (const standard of [16, 32]) {
      await inspector.send("Page.setFontSizes", { fontSizes: { standard } });
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
        assert.deepEqual(await covered(page), [], `${what} at ${width} pixels, letters of ${standard}`);
        await fits(page, `${what} at ${width} pixels, letters of ${standard}`);
        if ((width === 320 && standard === 32) || (width === 390 && standard === 16)) await keepScreenshot(page, `names-${what}-${width}-${standard}`);
      }
    }
    await inspector.send("Page.setFontSizes", { fontSizes: { standard: 16 } });
  }
});

test("initials stand for people in any script, capital where the script has capitals that fonts know", async () => {
  await here.demo.add("елена.петрова");
  const page = await here.open(here.demo.mira, "/people");
  for (const [name, initials] of [["Mira", "M"], ["Ελένη", "Ε"], ["ნინო", "ნ"], ["ゆき", "ゆ"], ["елена.петрова", "ЕП"]]) {
    const row = page.locator("main li").filter({ hasText: name }).first();
    await row.waitFor();
    assert.equal(await row.locator(".avatar").textContent(), initials);
  }
});
