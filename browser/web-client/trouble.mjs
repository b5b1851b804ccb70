// What goes wrong, and what is strange: no network, no key, refusals, nothing to see, hostile text.
import assert from "node:assert/strict";
import { test } from "node:test";
import { startEmpty } from "../service.mjs";
import { DESK, fits, here, isOpenToEveryone, keepScreenshot, PHONE, stoodStill, tweet } from "./stage.mjs";

test("without a network the page says so, and goes on by itself when it is back", async () => {
  const page = await here.open(here.demo.mira);
  await page.getByRole("article").first().waitFor();
  await page.context().setOffline(true);
  await page.getByText("You are offline. What you see").waitFor();
  await page.getByRole("link", { name: "Newest" }).click();
  const trouble = page.locator(".state[role=alert]").getByText("You are offline. This will work again");
  await trouble.waitFor();
  await isOpenToEveryone(page, "offline");
  await keepScreenshot(page, "offline");
  await page.context().setOffline(false);
  await page.getByRole("article").first().waitFor();
  await trouble.waitFor({ state: "detached" });
});

test("a key that has expired leads back to the sign-in, and from there to where one was", async () => {
  const page = await here.open(here.demo.mira, "/users/13");
  await page.getByRole("article").first().waitFor();
  const refusal = { status: 401, json: { result: false, error_type: "unauthorized", error_message: "no" } };
  await page.route("**/api/**", (route) => route.fulfill(refusal));
  // Whatever the page asks for next meets the refusal; it may be there before the click.
  await page.evaluate(() => document.querySelector(".like")?.click());
  await page.getByRole("alert").getByText("Your key is not valid any more").waitFor();
  await isOpenToEveryone(page, "expired");
  await page.unroute("**/api/**");
  await page.getByLabel("Your key").fill("test");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Contour" }).waitFor();
});

test("every refusal of the contract is shown in plain words of the user's language", async () => {
  const page = await here.open(here.demo.mira, "/settings", { language: "ru-RU" });
  const codes = {
    bad_request: [400, /не смог прочитать запрос\. Обновите/], forbidden: [403, /принадлежит другому/], not_found: [404, /Этого больше нет/],
    method_not_allowed: [405, /не знает такого действия/], conflict: [409, /уже отправлено/], payload_too_large: [413, /слишком много/],
    unsupported_media_type: [415, /не картинка/], validation_error: [422, /не принимает. Проверьте, что вы ввели\.$/], rate_limited: [429, /Подождите 22 секунды/],
    internal_error: [500, /этот номер: abc-1/], unavailable: [503, /занят или на обслуживании/],
  };
  for (const [error_type, [status, said]] of Object.entries(codes)) {
    const headers = { "retry-after": "22", "x-request-id": "abc-1" };
    await page.route("**/api/tweets?**", (route) => route.fulfill({ status, headers, json: { result: false, error_type, error_message: "why" } }));
    await page.getByRole("link", { name: "Лента", exact: true }).click();
    await page.locator(".state[role=alert]").getByText(said).waitFor();
    const again = page.getByRole("button", { name: "Повторить" });
    await again.waitFor();
    await page.unroute("**/api/tweets?**");
    // The page may have gone on by itself just now; then there is nothing to click any more.
    await again.click({ timeout: 1000 }).catch(() => {});
    await page.getByRole("article").first().waitFor();
    await page.getByRole("link", { name: "Настройки" }).click();
  }
  // A proxy that answers by itself speaks no JSON.
  await page.route("**/api/tweets?**", (route) => route.fulfill({ status: 502, body: "<h1>Bad gateway</h1>", contentType: "text/html" }));
  await page.getByRole("link", { name: "Лента", exact: true }).click();
  await page.locator(".state[role=alert]").getByText(/занят или на обслуживании/).waitFor();
});

test("a newcomer is shown whom to follow, and then their tweets", async () => {
  const newcomer = await here.demo.add("newcomer");
  const page = await here.open(newcomer, "/", { size: PHONE });
  await page.getByText("It is quiet here").waitFor();
  const suggested = page.getByRole("region", { name: "Whom to follow" });
  await suggested.getByRole("button", { name: "Follow Contour" }).waitFor();
  await isOpenToEveryone(page, "newcomer");
  await keepScreenshot(page, "newcomer");
  await suggested.getByRole("button", { name: "Follow Contour" }).tap();
  await suggested.getByRole("button", { name: "Unfollow Contour" }).waitFor();
  await page.waitForFunction(async (key) => (await (await fetch("/api/users/me", { headers: { "api-key": key } })).json()).user.following_count === 1, newcomer.key);
  await page.getByRole("link", { name: "Feed", exact: true }).tap();
  await page.getByRole("article").first().waitFor();
  await page.goto(`/users/${newcomer.id}`);
  await page.getByText("Nothing written yet").waitFor();
});

test("the first one of a company is shown what to do, in every view of the feed", async () => {
  const company = await startEmpty();
  try {
    const first = await company.add("pioneer");
    const page = await here.open(first, `${company.address}/`, { size: PHONE });
    for (const view of ["", "?scope=all", "?scope=all&period=all", "?sort=recent"]) {
      await page.goto(`${company.address}/${view}`);
      await page.getByText("The first word is yours").waitFor();
    }
    await stoodStill(page);
    await isOpenToEveryone(page, "an empty company");
    await keepScreenshot(page, "empty-company");
    await page.getByRole("link", { name: "Find people" }).tap();
    await page.waitForURL("**/people");
    await page.goto(`${company.address}/`);
    await company.add("second");
    await first.publish("the first word");
    await page.reload();
    await page.getByText("the first word").waitFor();
  } finally {
    await company.stop();
  }
});

test("a view that does not exist is answered as such by the server and by the page", async () => {
  const page = await here.open(here.demo.mira, "/settings");
  for (const path of ["/api/nothing", "/tweets/x", "/users/0", "/nowhere"]) {
    const answer = await page.request.get(path);
    assert.equal(answer.status(), 404, path);
    assert.equal((await answer.json()).error_type, "not_found", path);
  }
  await page.goto("/users/99999");
  await page.getByText("There is no such person").waitFor();
  for (const path of ["/tweets/x", "/nowhere/at/all"]) {
    assert.equal((await page.goto(path)).status(), 404, path);
    await page.getByRole("heading", { name: "There is no such page" }).first().waitFor();
  }
  await keepScreenshot(page, "nowhere");
});

test("addresses with a slash at the end and those of the page from before lead to where they should", async () => {
  const page = await here.open(here.demo.mira, "/people/");
  await page.getByRole("searchbox").waitFor();
  await page.goto(`/users/${here.demo.mira.id}/followers/`);
  await page.getByRole("link", { name: "Contour" }).first().waitFor();
  await page.goto(`/profile/${here.demo.mira.id}`);
  await page.waitForURL(`**/users/${here.demo.mira.id}`);
  await page.getByRole("heading", { name: "Mira" }).waitFor();
  await page.goto("/login");
  await page.getByRole("article").first().waitFor();
  assert.equal(new URL(page.url()).pathname, "/");
});

test("hostile text is text, and breaks nothing", async () => {
  const hostile = await here.demo.add("<b>evil</b>\u0301 שלום");
  const texts = [
    "<img src=x onerror=alert(1)><script>alert(2)</script><b>&amp;</b> ${alert(3)} {{4}}",
    `a${"\u0301\u0489\u20dd".repeat(93)}`,
    "\u202egnorw \u2066x \u2067y אבג \u202d123",
    "W".repeat(200),
    "https://example.org/" + "path/".repeat(40),
    "javascript:alert(1) data:text/html,x https://example.org/<script>",
    "مرحبا بالعالم، هذا نص من اليمين إلى اليسار",
    Array.from({ length: 140 }, () => "x").join("\n"),
  ];
  for (const text of texts) await hostile.publish(text);
  for (const [name, size] of [["desk", DESK], ["phone", PHONE], ["smallest", { viewport: { width: 320, height: 568 } }]]) {
    const page = await here.open(here.demo.mira, `/users/${hostile.id}`, { size });
    await page.getByRole("article").nth(texts.length - 1).waitFor();
    const shown = await page.locator(".tweet-text").evaluateAll((all) => all.map((one) => one.textContent));
    assert.deepEqual(shown, texts.toReversed());
    assert.equal(await page.locator(".tweet-text :not(a)").count(), 0, "no markup but links");
    const links = await page.locator(".tweet-text a").evaluateAll((all) => all.map((one) => [one.protocol, one.rel, one.textContent]));
    assert.deepEqual(links, [
      ["https:", "noopener noreferrer nofollow", "https://example.org/"],
      ["https:", "noopener noreferrer nofollow", texts[4]],
    ]);
    await fits(page, `hostile text, ${name}`);
    // What overflows its place is cut off there: no tweet reaches into its neighbour.
    const apart = await page.getByRole("article").evaluateAll((all) => {
      const boxes = all.map((one) => one.getBoundingClientRect());
      const cut = all.every((one) => getComputedStyle(one.querySelector(".tweet-text")).overflow === "hidden");
      return cut && boxes.every((box, index) => index === 0 || box.top >= boxes[index - 1].bottom - 1);
    });
    assert.ok(apart);
    const arabic = tweet(page, "مرحبا").locator(".tweet-text");
    assert.equal(await arabic.evaluate((text) => getComputedStyle(text).direction), "rtl");
    await stoodStill(page);
    await isOpenToEveryone(page, `hostile text, ${name}`);
    await keepScreenshot(page, `hostile-${name}`);
  }
});
