import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import { after, before, test } from "node:test";
import { openBrowser } from "./browser.mjs";
import { startDemo } from "./service.mjs";

let demo, browser, other, asked;

before(async () => {
  demo = await startDemo();
  browser = await openBrowser();
  asked = [];
  other = http.createServer((request, response) => {
    asked.push(request.url);
    const foreign = { openapi: "3.0.3", info: { title: "foreign", version: "1" }, paths: {} };
    response.writeHead(200, { "content-type": "application/json", "access-control-allow-origin": "*" });
    response.end(JSON.stringify(foreign));
  });
  await once(other.listen(0, "127.0.0.1"), "listening");
});

after(async () => {
  await browser?.close();
  other?.close();
  await demo?.stop();
});

test("no address makes the documentation show a foreign document", async () => {
  const page = await browser.newPage();
  const foreign = `http://127.0.0.1:${other.address().port}/foreign.json`;
  for (const query of ["", `?url=${foreign}`, `?configUrl=${foreign}`, `?urls=${foreign}&spec={}`, `#?url=${foreign}`]) {
    await page.goto(`${demo.address}/docs${query}`);
    await page.locator(".opblock").first().waitFor();
    assert.equal((await page.locator(".info .title").textContent()).startsWith("tweetty"), true, query);
    assert.ok((await page.locator(".opblock").count()) >= 19, query);
  }
  assert.deepEqual(asked, [], "nothing was asked of the other server");
});
