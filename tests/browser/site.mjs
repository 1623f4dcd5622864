// @ts-check
// The built page, served by the real command, and pages of a real browser that let nothing pass unnoticed.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createInterface } from "node:readline";

import { chromium } from "playwright-core";

/** What a test needs from outside. @param {string} name @param {string} what */
function needed(name, what) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: it names ${what}; tests/run sets it`);
  return value;
}

export const root = fileURLToPath(new URL("../../", import.meta.url));
/** The signer's binary. */
export const signer = () => needed("AMBASSADOR_SIGNER", "the signer's binary");

/** Serves the built page beside a published folder. @param {string} published */
export async function serve(published) {
  const server = spawn(
    needed("AMBASSADOR_WEB", "the binary of the page's command"),
    ["serve", "--dist", `${root}web-demo/dist`, "--published", published, "--port", "0"],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const [line] = await once(createInterface({ input: server.stdout }), "line");
  const ended = once(server, "exit");
  return {
    url: String(line).trim(),
    stop: async () => {
      server.kill();
      await ended;
    },
  };
}

/** Starts the browser. */
export function browser() {
  const args = ["--disable-background-networking", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])];
  return chromium.launch({ executablePath: needed("CHROMIUM", "a Chromium"), args });
}

/**
 * Opens a page that fails its test for whatever a careful page does not do.
 *
 * @param {import("playwright-core").Browser} chrome
 * @param {string} url of the site
 * @param {{ width?: number, scheme?: "light" | "dark", missing?: RegExp, context?: import("playwright-core").BrowserContextOptions }} [options]
 *   `missing` allows the console to name files that are not there
 */
export async function open(chrome, url, { width = 1440, scheme = "light", missing, context: more } = {}) {
  const context = await chrome.newContext({ viewport: { width, height: 900 }, colorScheme: scheme, ...more });
  // Far more than anything here takes on a slow machine; without it a missing word costs half a minute.
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  /** @type {string[]} */
  const faults = [];
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("console", (message) => {
    const said = `${message.text()} ${message.location().url}`;
    if (["error", "warning"].includes(message.type()) && !missing?.test(said)) faults.push(`console: ${said}`);
  });
  page.on("request", (request) => {
    const to = request.url();
    if (!to.startsWith(url) && !to.startsWith("data:") && !to.startsWith("blob:")) faults.push(`request: ${to}`);
  });
  await page.exposeFunction("violated", (/** @type {string} */ what) => faults.push(`policy: ${what}`));
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => {
      // @ts-ignore exposed above
      globalThis.violated(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`);
    });
  });
  return {
    page,
    context,
    faults,
    /** Goes to a view and waits until it is there. @param {string} view after the `#` */
    go: async (view) => {
      await page.goto(`${url}#${view}`);
      await settled(page);
    },
    /** Closes the page; nothing may have gone wrong. */
    close: async () => {
      await context.close();
      assert.deepEqual(faults, []);
    },
  };
}

/** Waits until a view has its heading and nothing is loading. @param {import("playwright-core").Page} page */
export async function settled(page) {
  await page.waitForSelector("main h1");
  await page.waitForFunction(() => !document.querySelector("main .skeleton, main [aria-busy=true]"));
}
