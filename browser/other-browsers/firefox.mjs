// Firefox, by WebDriver BiDi.
import { launch } from "puppeteer-core";

/** @param {{width: number, height: number}} size */
export async function openFirefox(size) {
  const browser = await launch({
    browser: "firefox",
    executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr",
    headless: true,
    defaultViewport: size,
    extraPrefsFirefox: { "intl.accept_languages": "en-US" },
  });
  const page = await browser.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  const element = async (find, ...words) => (await page.evaluateHandle(find, ...words)).asElement();
  return {
    errors: async () => errors,
    goto: (address) => page.goto(address),
    run: (act, ...words) => page.evaluate(act, ...words),
    /** False where there is nothing to click. */
    click: async (find, ...words) => {
      const found = await element(find, ...words);
      await found?.click();
      return found !== null;
    },
    type: (text) => page.keyboard.type(text),
    press: (key) => page.keyboard.press(key),
    choose: async (find, file) => (await element(find)).uploadFile(file),
    screenshot: (path) => page.screenshot({ path }),
    close: () => browser.close(),
  };
}
