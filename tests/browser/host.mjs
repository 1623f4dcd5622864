// @ts-check
// Hosts of the page: the project's own server, and one that answers some paths as a test says, with the same headers.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, realpath, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, sep } from "node:path";
import { createInterface } from "node:readline";

import * as inputs from "./inputs.mjs";

/** @typedef {{ url: string, stop(): Promise<void> }} Site */
/** @typedef {(body: string) => Promise<string | Buffer> | string | Buffer | undefined} Answer undefined: not found */
/**
 * @typedef {object} SiteOptions
 * @property {string} published a folder
 * @property {Record<string, Answer>} [overlay] answers that go before files, by path
 */

/** What the project's own server sends with everything. */
export const HEADERS = Object.freeze({
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    + "font-src 'none'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    + "require-trusted-types-for 'script'; trusted-types offline",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy":
    "camera=(), display-capture=(), geolocation=(), hid=(), microphone=(), payment=(), serial=(), usb=()",
  "Cache-Control": "no-cache",
});

/** @type {Record<string, string>} */
const TYPES = {
  ".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8", ".json": "application/json", ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json", ".svg": "image/svg+xml", ".toml": "text/plain; charset=utf-8",
  ".md": "text/plain; charset=utf-8", ".csv": "text/csv; charset=utf-8",
};

/** Serves the built page by the real command, unless some answers are a test's own. @param {SiteOptions} options @returns {Promise<Site>} */
export const startSite = ({ published, overlay }) => (overlay === undefined ? serve(published) : serveWith(overlay, published));

/** @param {string} published a folder @returns {Promise<Site>} */
async function serve(published) {
  const args = ["serve", "--dist", inputs.dist(), "--published", published, "--port", "0"];
  const server = spawn(inputs.pageCommand(), args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(server, "exit");
  const [line] = await Promise.race([once(createInterface({ input: server.stdout }), "line"), ended.then(() => ["the server ended"])]);
  return {
    url: String(line).trim(),
    stop: async () => {
      server.kill();
      await ended;
    },
  };
}

/** @param {Record<string, Answer>} overlay @param {string} published @returns {Promise<Site>} */
async function serveWith(overlay, published) {
  const dist = await realpath(inputs.dist());
  const folder = await realpath(published);
  const listener = createServer((request, response) => {
    void (async () => {
      const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
      const body = await answer(path, request);
      const type = TYPES[extname(path) || (path.endsWith("/") ? ".html" : ".json")] ?? "application/octet-stream";
      response.writeHead(body === undefined ? 404 : 200, { ...HEADERS, "Content-Type": body === undefined ? TYPES[".md"] : type });
      response.end(body ?? "404 Not Found\n");
    })().catch(() => response.destroy());
  });
  /** @param {string} path @param {import("node:http").IncomingMessage} request */
  const answer = async (path, request) => {
    if (Object.hasOwn(overlay, path)) {
      const parts = [];
      for await (const part of request) parts.push(part);
      return overlay[path](Buffer.concat(parts).toString());
    }
    if (path.startsWith("/published/")) return file(folder, path.slice("/published/".length));
    return file(dist, path.endsWith("/") ? `${path.slice(1)}index.html` : path.slice(1));
  };
  await new Promise((done) => listener.listen(0, "127.0.0.1", () => done(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (listener.address());
  return {
    url: `http://127.0.0.1:${port}/`,
    stop: async () => {
      listener.closeAllConnections();
      await new Promise((done) => listener.close(done));
    },
  };
}

/** @param {string} folder @param {string} name */
async function file(folder, name) {
  const path = await realpath(join(folder, name)).catch(() => undefined);
  if (path === undefined || !path.startsWith(folder + sep) || !(await stat(path)).isFile()) return undefined;
  return readFile(path);
}
