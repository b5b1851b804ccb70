// The browser in which the pages are acted.
import { mkdir } from "node:fs/promises";
import { chromium } from "playwright-core";

export const screenshots = new URL("../target/browser/", import.meta.url).pathname;

export async function openBrowser() {
  await mkdir(screenshots, { recursive: true });
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
}
