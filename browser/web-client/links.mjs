// Addresses in the text of a tweet.
import assert from "node:assert/strict";
import { test } from "node:test";
import { here } from "./stage.mjs";

/** The text, and where what is a link in it leads. */
const TEXTS = {
  "(see https://en.wikipedia.org/wiki/Rust_(language)).": ["https://en.wikipedia.org/wiki/Rust_(language)"],
  "[https://a.example/[1]] {https://b.example/?c={d}}": ["https://a.example/[1]", "https://b.example/?c={d}"],
  "www.example.org, WWW.b.example/c?d=e!": ["https://www.example.org", "https://WWW.b.example/c?d=e"],
  "ask ann.b+c@mail.example.org.": ["mailto:ann.b+c@mail.example.org"],
  "https://user:pass@c.example/ is one, and so is https://пример.рф/путь": ["https://user:pass@c.example/", "https://пример.рф/путь"],
  "no address: foo@bar, @name, www.x, nowww.example.org, ftp://x, javascript:alert(1)": [],
};

test("addresses of the web and of mail can be followed, without what belongs to the sentence", async () => {
  const author = await here.demo.add("linker");
  for (const [text, addresses] of Object.entries(TEXTS)) {
    const id = await author.publish(text);
    const page = await here.open(author, `/tweets/${id}`);
    const shown = page.locator(".tweet-text");
    await shown.waitFor();
    assert.equal(await shown.textContent(), text);
    assert.deepEqual(await shown.getByRole("link").evaluateAll((all) => all.map((link) => link.getAttribute("href"))), addresses, text);
  }
});
