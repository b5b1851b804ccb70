// Colleagues who have left: what they wrote stays, and nobody finds or follows them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { DESK, here, PHONE, tweet } from "./stage.mjs";

test("a deactivated colleague's tweets stay, no search finds them, and their profile says so", async () => {
  const [leaver, other] = [await here.demo.add("leonora"), await here.demo.add("leonid")];
  const id = await leaver.publish("what a colleague wrote before they left");
  await leaver.call("POST", `/api/tweets/${id}/likes`);
  await here.demo.deactivate(leaver);
  for (const [size, language, left] of [[DESK, "en-US", "No longer in the company"], [PHONE, "ru-RU", "Больше не работает в компании"]]) {
    const page = await here.open(here.demo.mira, "/?scope=all&sort=recent", { size, language });
    const kept = tweet(page, "what a colleague wrote before they left");
    await kept.waitFor();
    assert.match(await kept.textContent(), /leonora/);
    await page.goto(`/people?query=leon`);
    const found = page.locator("main li");
    await found.filter({ hasText: other.name }).waitFor();
    assert.equal(await found.filter({ hasText: leaver.name }).count(), 0);
    await page.goto("/people?query=leonora");
    await page.getByText(/^(Nobody found|Никто не найден)$/).waitFor();
    await page.goto(`/users/${leaver.id}`);
    await page.getByText(left).waitFor();
    await kept.waitFor();
    assert.equal(await page.locator(".profile button").filter({ hasText: /^(Follow|Подписаться)$/ }).count(), 0);
  }
});

test("people are found as somebody types them: without accents, in any order", async () => {
  await here.demo.add("Пётр Ёлкин");
  const page = await here.open(here.demo.mira, "/people?query=" + encodeURIComponent("елкин петр"));
  await page.locator("main li").filter({ hasText: "Пётр Ёлкин" }).waitFor();
});
