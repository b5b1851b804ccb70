// WebKit: the small browser of WebKitGTK, by WebDriver, on a display of its own.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { Builder, Capabilities, Key } from "selenium-webdriver";

const KEYS = { Escape: Key.ESCAPE, Enter: Key.ENTER };

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** A display; answers its name once it is there. @param {{width: number, height: number}} size */
async function openDisplay({ width, height }) {
  const display = spawn("Xvfb", ["-displayfd", "3", "-nolisten", "tcp", "-screen", "0", `${width}x${height}x24`], { stdio: ["ignore", "ignore", "ignore", "pipe"] });
  const [number] = await once(display.stdio[3], "data");
  return { display, name: `:${String(number).trim()}` };
}

async function answers(port) {
  for (let tries = 0; tries < 100; tries += 1) {
    const status = await fetch(`http://127.0.0.1:${port}/status`).catch(() => undefined);
    if (status?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("WebKitWebDriver does not answer");
}

/** Keeps what breaks in a page from now on: before it begins nothing can listen there. */
function listen() {
  window.broken = [];
  addEventListener("error", (event) => window.broken.push(event.message));
  addEventListener("unhandledrejection", (event) => window.broken.push(String(event.reason)));
}

/** @param {{width: number, height: number}} size */
export async function openWebKit(size) {
  const { display, name } = await openDisplay(size);
  const port = await freePort();
  const service = spawn("WebKitWebDriver", [`--port=${port}`, "--host=127.0.0.1"], {
    env: { ...process.env, DISPLAY: name, LANGUAGE: "en", LANG: "C.UTF-8", WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" },
    stdio: "ignore",
  });
  // Left running they would keep the test from ending.
  const stop = () => [service, display].forEach((child) => child.kill());
  try {
    await answers(port);
    const wanted = new Capabilities({ browserName: "MiniBrowser" });
    const driver = await new Builder().usingServer(`http://127.0.0.1:${port}`).withCapabilities(wanted).build();
    await driver.manage().window().setRect({ x: 0, y: 0, ...size });
    return handsOn(driver, stop);
  } catch (error) {
    stop();
    throw error;
  }
}

function handsOn(driver, stop) {
  const run = (act, ...words) => driver.executeScript(`return (${act})(...arguments)`, ...words);
  return {
    errors: () => run(() => window.broken),
    goto: async (address) => {
      await driver.get(address);
      await run(listen);
    },
    run,
    /** False where there is nothing to click. */
    click: async (find, ...words) => {
      const found = await run(find, ...words);
      try {
        await found?.click();
      } catch (error) {
        // It was drawn anew between the look and the click.
        if (error.name === "StaleElementReferenceError") return false;
        throw error;
      }
      return found !== null;
    },
    type: (text) => driver.actions().sendKeys(text).perform(),
    press: (key) => driver.actions().sendKeys(KEYS[key] ?? key).perform(),
    choose: async (find, file) => (await run(find)).sendKeys(file),
    screenshot: async (path) => writeFile(path, await driver.takeScreenshot(), "base64"),
    close: async () => {
      await driver.quit().catch(() => {});
      stop();
    },
  };
}
