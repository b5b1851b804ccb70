// Several tabs, no network, the first picture of a dark page, paper.
import assert from "node:assert/strict";
import { test } from "node:test";
import { here, keepScreenshot, tweet } from "./stage.mjs";

test("what is liked, followed or deleted in one tab is right in the other", async () => {
  const [reader, writer] = [await here.demo.add("two-tabs-reader"), await here.demo.add("two-tabs-writer")];
  await reader.follow(writer);
  await writer.publish("to be liked elsewhere");
  const mine = await reader.publish("to be deleted elsewhere");
  const one = await here.open(reader, "/?sort=recent");
  const two = await one.context().newPage();
  await two.goto("/?sort=recent");
  const [here1, here2] = [one, two].map((page) => tweet(page, "to be liked elsewhere"));
  await here2.waitFor();
  await here1.getByRole("button", { name: "Like, 0 likes" }).click();
  await here2.getByRole("button", { name: "Like, 1 like", pressed: true }).waitFor();
  await here2.getByRole("button", { name: /^Like/ }).click();
  await here1.getByRole("button", { name: "Like, 0 likes", pressed: false }).waitFor();
  await one.goto(`/tweets/${mine}`);
  await one.getByRole("button", { name: "Delete" }).click();
  await one.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await tweet(two, "to be deleted elsewhere").waitFor({ state: "detached" });
  await one.waitForFunction(() => !history.state?.windows);
  for (const page of [one, two]) await page.goto(`/users/${writer.id}`);
  await one.getByRole("main").getByRole("button", { name: "Unfollow two-tabs-writer" }).click();
  await two.getByRole("main").getByRole("button", { name: "Follow two-tabs-writer", exact: true }).waitFor();
});

test("without a network the list that was there stays, and a server that is back is noticed", async () => {
  const page = await here.open(null, "/");
  await page.clock.install();
  await page.evaluate(() => localStorage.setItem("tweetty.key", "test"));
  await page.goto("/");
  await page.getByRole("article").nth(3).waitFor();
  const feed = (address) => address.pathname === "/api/tweets";
  await page.route(feed, (route) => route.abort("connectionrefused"));
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Feed", exact: true }).click();
  await page.getByRole("alert").getByText("The server can't be reached").waitFor();
  await page.getByRole("article").nth(3).waitFor();
  await page.getByRole("link", { name: "Newest" }).click();
  await page.locator(".state[role=alert]").getByText("The server can't be reached").waitFor();
  await page.unroute(feed);
  await page.clock.fastForward(31_000);
  await page.getByRole("article").nth(3).waitFor();
});

test("a dark page is dark before any code of the client has come", async () => {
  const page = await here.open(null, "/", { scheme: "light" });
  await page.evaluate(() => localStorage.setItem("tweetty.scheme", "dark"));
  await page.route("**/app.js", () => {});
  await page.goto("/", { waitUntil: "commit" });
  await page.waitForFunction(() => getComputedStyle(document.documentElement).backgroundColor === "rgb(23, 20, 17)");
  assert.equal(await page.evaluate(() => document.querySelector("#page").childElementCount), 0);
});

test("on paper there are the tweets and nothing to press", async () => {
  const page = await here.open(here.demo.mira, "/", { scheme: "dark" });
  await page.getByRole("article").nth(3).waitFor();
  await page.emulateMedia({ media: "print" });
  assert.deepEqual(await page.locator("button:visible, nav:visible, textarea:visible").evaluateAll((all) => all.filter((element) => !element.matches(".enlarge")).map((element) => element.outerHTML.slice(0, 80))), []);
  assert.ok(await page.getByRole("article").nth(3).isVisible());
  assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor), "rgb(250, 246, 239)");
  await keepScreenshot(page, "printed");
});
