// Paste and drop: what other programs put on the clipboard or let go over the page, and what of it is meant.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { test } from "node:test";
import { screenshots } from "../browser.mjs";
import { red } from "../pictures.mjs";
import { here, PHONE, textOf } from "./stage.mjs";

const CELLS = "<style>td { color: red }</style><table><tr><td>north</td><td>12</td></tr></table>";
const PICTURE = "<meta charset='utf-8'><!--StartFragment--><img src=\"https://example.org/cat.png\" alt=\"a cat\"><!--EndFragment-->";

/** By what each program offers: the names of the files, the shapes of text, and whether files are meant. */
const OFFERS = {
  "cells of a spreadsheet": [["image.png"], { "text/plain": "north\t12\r\n", "text/html": CELLS }, false],
  "a cell that holds the name of a file": [["image.png"], { "text/plain": "image.png", "text/html": "<td>image.png</td>" }, false],
  "a paragraph of a word processor": [["image.png"], { "text/plain": "A paragraph.", "text/html": "<p>A paragraph.</p>", "text/rtf": "{}" }, false],
  "text without markup, with its picture": [["image.png"], { "text/plain": "a title\nand a line" }, false],
  "a selection with text and a picture": [["cat.png"], { "text/plain": "see https://example.org/", "text/html": `<p>see ${PICTURE}</p>`, "text/uri-list": "https://example.org/" }, false],
  "a screenshot": [["image.png"], {}, true],
  "a chart beside blank text": [["image.png"], { "text/plain": " \r\n", "text/html": "<style>p {}</style>" }, true],
  "a picture of a page": [["cat.png"], { "text/html": PICTURE, "text/uri-list": "https://example.org/cat.png" }, true],
  "a picture of a page with its address": [["image.png"], { "text/plain": "https://example.org/cat.png", "text/html": PICTURE }, true],
  "the address of a picture as text and as such": [["image.png"], { "text/plain": "https://example.org/cat.png", "text/uri-list": "https://example.org/cat.png" }, true],
  "files of a file manager": [["one.png", "two.png"], {}, true],
  "files with their names": [["one.png", "two.png"], { "text/plain": "one.png\rtwo.png" }, true],
  "files with their paths": [["one two.png"], { "text/plain": "/home/u/one two.png", "text/uri-list": "file:///home/u/one%20two.png\r\n" }, true],
  "files with a path of Windows": [["one.png"], { "text/plain": "C:\\Users\\u\\one.png" }, true],
  "files with addresses": [["é two.png"], { "text/plain": "file:///home/u/e%CC%81%20two.png" }, true],
  "the first of several files": [["one.png"], { "text/plain": "x-special/nautilus-clipboard\ncopy\nfile:///home/u/one.png\nfile:///home/u/two.png\n" }, true],
};

/** Has the page meet a paste or a drop as that program would bring it; answers whether the page took it over. */
function bring(area, kind, [names, shapes]) {
  return area.evaluate((field, { kind, names, shapes, bytes }) => {
    const carried = new DataTransfer();
    for (const name of names) carried.items.add(new File([new Uint8Array(bytes)], name, { type: "image/png" }));
    for (const [type, data] of Object.entries(shapes)) carried.setData(type, data);
    const how = { bubbles: true, cancelable: true };
    const event = kind === "paste" ? new ClipboardEvent("paste", { ...how, clipboardData: carried }) : new DragEvent("drop", { ...how, dataTransfer: carried });
    return !field.dispatchEvent(event);
  }, { kind, names, shapes, bytes: [...red.buffer] });
}

for (const kind of ["paste", "drop"]) {
  test(`where text is meant a ${kind} brings text, where files are it brings files`, async () => {
    const page = await here.open(here.demo.mira);
    const uploads = [];
    await page.route("**/api/medias", (route) => route.fulfill({ status: 201, json: { result: true, media_id: uploads.push(1) } }));
    const paper = page.getByRole("form", { name: "Write" });
    const area = textOf(paper);
    for (const [what, offer] of Object.entries(OFFERS)) {
      const [names, shapes, files] = offer;
      const [before, expected] = [uploads.length, files ? names.length : 0];
      const taken = await bring(area, kind, offer);
      await page.waitForFunction((count) => document.querySelectorAll(".draft-pictures li").length === count, expected);
      assert.equal(await paper.getByRole("button", { name: /^Remove/ }).count(), expected, what);
      // What is removed before its turn is never sent.
      for (const begun = Date.now(); uploads.length - before < expected && Date.now() - begun < 10_000;) await page.waitForTimeout(20);
      for (let left = expected; left > 0; left--) await paper.getByRole("button", { name: /^Remove/ }).first().click();
      assert.equal(uploads.length - before, expected, `${what}: uploads`);
      // A paste of text is the browser's own; of a drop that brings files, too, it would take nothing.
      assert.equal(taken, files || kind === "drop", `${what}: who puts the text in`);
      assert.equal(await area.inputValue(), files || kind === "paste" ? "" : shapes["text/plain"].replaceAll("\r\n", "\n"), what);
      await area.fill("");
    }
  });
}

test("from the real clipboard cells come as text, and a picture alone as a picture", async () => {
  const page = await here.open(here.demo.mira, "/", { size: PHONE, permissions: ["clipboard-read", "clipboard-write"] });
  await page.getByRole("button", { name: "Write" }).tap();
  const paper = page.getByRole("dialog", { name: "Write" });
  const copy = (shapes) => page.evaluate(async (texts) => {
    const canvas = new OffscreenCanvas(8, 8);
    canvas.getContext("2d").fillRect(0, 0, 8, 8);
    const entries = Object.entries(texts).map(([type, text]) => [type, new Blob([text], { type })]);
    await navigator.clipboard.write([new ClipboardItem(Object.fromEntries([...entries, ["image/png", canvas.convertToBlob()]]))]);
  }, shapes);
  await copy({ "text/plain": "north\t12\nsouth\t7", "text/html": "<table><tr><td>north</td></tr></table>" });
  await textOf(paper).press("Control+V");
  await page.waitForFunction(() => document.querySelector("dialog textarea").value === "north\t12\nsouth\t7");
  assert.equal(await paper.getByRole("listitem").count(), 0, "nothing is attached");
  await copy({});
  await textOf(paper).press("Control+V");
  await paper.getByRole("listitem").first().waitFor();
  assert.equal(await textOf(paper).inputValue(), "north\t12\nsouth\t7");
});

test("text is dropped into the field by the browser, and beside it by the page", async () => {
  const page = await here.open(here.demo.mira);
  const paper = page.getByRole("form", { name: "Write" });
  const area = textOf(paper);
  await area.waitFor();
  const picture = `${screenshots}dropped.png`;
  await writeFile(picture, red.buffer);
  const driver = await page.context().newCDPSession(page);
  const drop = async (place, text, files) => {
    const box = await place.boundingBox();
    const data = { items: text ? [{ mimeType: "text/plain", data: text }] : [], files, dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"]) {
      await driver.send("Input.dispatchDragEvent", { type, x: box.x + box.width / 2, y: box.y + box.height / 2, data });
    }
  };
  await drop(area, "in the field");
  await page.waitForFunction(() => document.querySelector("textarea").value === "in the field");
  await drop(paper.getByRole("button", { name: "Publish" }), "beside it");
  await page.waitForFunction(() => document.querySelector("textarea").value === "in the field\nbeside it");
  await drop(area, "with its picture", [picture]);
  await page.waitForFunction(() => document.querySelector("textarea").value.endsWith("\nwith its picture"));
  assert.equal(await paper.getByRole("listitem").count(), 0, "nothing is attached");
  await drop(area, "", [picture]);
  await paper.getByRole("listitem").waitFor();
  await page.goto("/people");
  const search = page.getByRole("searchbox");
  await drop(search, "нико");
  await page.waitForURL("**/people?query=*");
});
