// What people look like: choosing an avatar, seeing it everywhere, taking it away.
import assert from "node:assert/strict";
import { test } from "node:test";
import { blue, heic, red } from "../pictures.mjs";
import { DESK, fits, here, isOpenToEveryone, keepScreenshot, PHONE, settles } from "./stage.mjs";

const png = (picture) => ({ ...picture, name: "me.png", mimeType: "image/png" });
/** The pictures that are seen in place of initials, as far as they are there. */
const seen = (place) => place.locator(".avatar img").evaluateAll((all) => all.filter((image) => image.complete && image.naturalWidth > 0).map((image) => image.naturalWidth));

for (const [place, size] of [["desk", DESK], ["phone", PHONE]]) {
  test(`an avatar is chosen, seen before and after, and taken away, on a ${place}`, async () => {
    const user = await here.demo.add(`face-on-a-${place}-with-a-name-of-40-characters`.slice(0, 40));
    await user.publish("look at me");
    const page = await here.open(user, "/settings", { size });
    const section = page.getByRole("region", { name: "Picture of you" });
    await section.getByRole("button", { name: "Choose a picture" }).waitFor();
    assert.equal(await section.locator("img").count(), 0);
    assert.equal(await section.getByRole("button", { name: "Remove the picture" }).count(), 0);
    await section.locator("input[type=file]").setInputFiles(png(red));
    await section.getByRole("img", { name: "How the picture will look" }).waitFor();
    await fits(page, `a chosen avatar on a ${place}`);
    await isOpenToEveryone(page, `a chosen avatar on a ${place}`);
    await keepScreenshot(page, `avatar-chosen-${place}`);
    await section.getByRole("button", { name: "Cancel" }).click();
    await section.getByRole("button", { name: "Choose a picture" }).waitFor();
    await section.locator("input[type=file]").setInputFiles(png(blue));
    await section.getByRole("button", { name: "Use this picture" }).click();
    await page.getByText("Your colleagues see your new picture").waitFor();
    await page.waitForFunction(() => [...document.querySelectorAll(".own-avatar .avatar img")].some((image) => image.naturalWidth === 256));
    await section.getByRole("button", { name: "Choose another one" }).waitFor();
    await keepScreenshot(page, `avatar-kept-${place}`);
    await page.goto(`/users/${user.id}`);
    await page.getByRole("article").first().waitFor();
    await page.waitForFunction(() => document.querySelector(".profile .avatar img")?.naturalWidth === 256);
    await page.waitForFunction(() => document.querySelector("article .avatar img")?.naturalWidth === 96);
    await fits(page, `a profile with an avatar on a ${place}`);
    await isOpenToEveryone(page, `a profile with an avatar on a ${place}`);
    await keepScreenshot(page, `avatar-profile-${place}`);
    await page.goto("/settings");
    await section.getByRole("button", { name: "Remove the picture" }).click();
    await page.getByText("Your picture is removed").waitFor();
    await section.getByRole("button", { name: "Choose a picture" }).waitFor();
    assert.deepEqual(await seen(section), []);
    const profile = await user.call("GET", "/api/users/me");
    assert.equal(profile.user.avatar, null);
  });
}

test("colleagues see an avatar in the feed, in lists, in a search and on the profile", async () => {
  const [viewer, other] = [await here.demo.add("avatar-viewer"), await here.demo.add("avatar-shown")];
  await viewer.follow(other);
  await other.publish("somebody with a face");
  await other.wear(red);
  const page = await here.open(viewer, "/?sort=recent");
  for (const path of ["/?sort=recent", `/users/${viewer.id}/following`, "/people?query=avatar-shown", `/users/${other.id}`]) {
    await page.goto(path);
    await page.waitForFunction(() => [...document.querySelectorAll("main .avatar img")].some((image) => image.complete && image.naturalWidth >= 96));
  }
});

test("a picture that the server refuses is not made an avatar, and the page says why", async () => {
  const page = await here.open(await here.demo.add("refused-face"), "/settings");
  const section = page.getByRole("region", { name: "Picture of you" });
  await section.locator("input[type=file]").setInputFiles({ name: "me.heic", mimeType: "image/heic", buffer: heic });
  await section.getByRole("button", { name: "Use this picture" }).click();
  await section.getByRole("alert").getByText("HEIC photos can't be shown by many browsers", { exact: false }).waitFor();
  await section.locator("input[type=file]").setInputFiles({ name: "me.png", mimeType: "image/png", buffer: Buffer.from("words") });
  await section.getByRole("button", { name: "Use this picture" }).click();
  await section.getByRole("alert").getByText("This is no JPEG, PNG, GIF or WebP picture.").waitFor();
  await section.getByRole("button", { name: "Cancel" }).click();
  assert.deepEqual(await seen(section), []);
});

test("where an avatar is gone, initials are seen", async () => {
  const [viewer, other] = [await here.demo.add("initials-viewer"), await here.demo.add("initials-shown")];
  await viewer.follow(other);
  await other.publish("somebody without a face");
  const page = await here.open(viewer, "/settings");
  await page.route((address) => address.pathname === "/api/tweets", async (route) => {
    const response = await route.fetch();
    const body = await response.json();
    const gone = "/media/0123456789abcdef0123456789abcdef-96.png";
    await route.fulfill({ response, json: { ...body, tweets: body.tweets.map((tweet) => ({ ...tweet, author: { ...tweet.author, avatar: gone } })) } });
  });
  await page.goto("/?sort=recent");
  const avatar = page.getByRole("article").first().locator(".avatar");
  await avatar.getByText("is", { exact: false }).or(avatar).first().waitFor();
  assert.match(await avatar.innerText(), /\S/);
  await settles(page);
  await keepScreenshot(page, "avatar-gone");
});
