// Names of forty characters: whole or cut off, but never below what is pressed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { red } from "../pictures.mjs";
import { DESK, fits, here, keepScreenshot, PHONE, tweet } from "./stage.mjs";

/** One that can't be broken, one of wide signs, and the same with full names of as many characters. */
const NAMES = ["Wolfeschlegelsteinhausenbergerdorff_Jun.", "ЩШЖМФЮЫЩШЖМФЮЫЩШЖМФЮЫЩШЖМФЮЫЩШЖМФЮЫЩШЖМФЮ"];
const FULL_NAMES = [["Adolph-Blaine-Charles", "Wolfeschlegelstein"], ["ЩШЖМФЮЫЩШЖМФЮЫЩШЖМФ", "ЮЫЩШЖМФЮЫЩШЖМФЮЫЩШЖМ"]];
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

for (const kind of ["nicknames", "full names"]) {
  test(`long ${kind} never run below buttons, at any width, in letters of twice the size`, () => neverRunBelow(kind === "full names"));
}

async function neverRunBelow(full) {
  const people = [];
  for (const [place, name] of NAMES.entries()) {
    const [first, last] = FULL_NAMES[place];
    people.push(full ? await here.demo.add(`${name.slice(0, 39)}2`, "-f", first, "-l", last) : await here.demo.add(name));
  }
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
    tweet: [`/tweets/${id}`, page.locator(".likers").getByRole("listitem").first()],
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
        if ((width === 320 && standard === 32) || (width === 390 && standard === 16)) await keepScreenshot(page, `${full ? "full-" : ""}names-${what}-${width}-${standard}`);
      }
    }
    await inspector.send("Page.setFontSizes", { fontSizes: { standard: 16 } });
  }
}

for (const [kind, size] of [["a desk", DESK], ["a phone", PHONE]]) {
  test(`the full name stands first and the nickname second, everywhere, on ${kind}`, async () => {
    const nickname = `lee-${kind.slice(2)}`;
    const ann = await here.demo.add(nickname, "-f", "Anna-Maria", "-l", "Lee");
    const plain = await here.demo.add(`plain-${kind.slice(2)}`);
    await plain.follow(ann);
    await ann.follow(plain);
    const id = await ann.publish("what Anna-Maria says", [red]);
    for (const liker of [ann, plain]) await liker.call("POST", `/api/tweets/${id}/likes`);
    const page = await here.open(plain, "/?sort=recent", { size });
    const names = (place) => place.locator(".person-name bdi").allTextContents();
    const article = tweet(page, "what Anna-Maria says").first();
    await article.waitFor();
    assert.deepEqual(await names(article), ["Anna-Maria Lee", nickname]);
    await article.getByRole("button", { name: "Picture 1 of 1 by Anna-Maria Lee" }).waitFor();
    await page.goto(`/tweets/${id}`);
    await page.getByRole("heading", { level: 1, name: "Tweet by Anna-Maria Lee" }).waitFor();
    const liker = page.locator(".likers").getByRole("listitem").filter({ hasText: nickname });
    await liker.waitFor();
    assert.deepEqual([await names(liker), await liker.locator(".second-name").textContent()], [["Anna-Maria Lee"], nickname]);
    // The viewer goes first, and has a nickname alone.
    assert.deepEqual(await names(page.locator(".likers").getByRole("listitem").first()), [plain.name]);
    assert.equal(await page.locator(".likers .second-name").count(), 1);
    await page.goto(`/users/${ann.id}`);
    await page.getByRole("heading", { level: 1, name: "Anna-Maria Lee" }).waitFor();
    assert.equal(await page.locator(".office").textContent(), nickname);
    await page.getByRole("button", { name: "Unfollow Anna-Maria Lee" }).waitFor();
    for (const path of [`/users/${plain.id}/followers`, `/users/${plain.id}/following`, "/people?query=anna-maria"]) {
      await page.goto(path);
      const row = page.getByRole("main").getByRole("listitem").filter({ hasText: nickname });
      await row.waitFor();
      assert.deepEqual([await names(row), await row.locator(".second-name").textContent()], [["Anna-Maria Lee"], nickname], path);
    }
  });
}

test("initials stand for people in any script, capital where the script has capitals that fonts know", async () => {
  await here.demo.add("елена.петрова");
  const page = await here.open(here.demo.mira);
  for (const [name, initials] of [["Mira", "MS"], ["Ελένη", "ΕΠ"], ["ნინო", "ნბ"], ["ゆき", "ゆ田"], ["елена.петрова", "ЕП"]]) {
    await page.goto(`/people?query=${encodeURIComponent(name)}`);
    const row = page.locator("main li").filter({ hasText: name }).first();
    await row.waitFor();
    assert.equal(await row.locator(".avatar").textContent(), initials);
  }
});
