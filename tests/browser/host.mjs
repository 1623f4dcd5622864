// @ts-check
// A host of the page that answers some paths as a test says, with the headers that the project's own server sends.
import { readFile, realpath, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, sep } from "node:path";

import * as inputs from "./inputs.mjs";

/** @typedef {{ url: string, requests: string[], stop(): Promise<void> }} Site `requests`: every path that was asked for */
/** @typedef {(body: string) => Promise<string | Buffer> | string | Buffer | undefined} Answer undefined: not found */
/**
 * @typedef {object} SiteOptions
 * @property {string} [published] a folder
 * @property {Record<string, Answer>} [overlay] answers that go before files, by path
 */

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

/** @param {SiteOptions} [options] @returns {Promise<Site>} */
export async function startSite({ published, overlay = {} } = {}) {
  /** @type {string[]} */
  const requests = [];
  const dist = await realpath(inputs.dist());
  const folder = published === undefined ? undefined : await realpath(published);
  const listener = createServer((request, response) => {
    void (async () => {
      const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
      requests.push(path);
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
    if (path.startsWith("/published/")) return folder === undefined ? undefined : file(folder, path.slice("/published/".length));
    return file(dist, path.endsWith("/") ? `${path.slice(1)}index.html` : path.slice(1));
  };
  await new Promise((done) => listener.listen(0, "127.0.0.1", () => done(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (listener.address());
  return {
    url: `http://127.0.0.1:${port}/`,
    requests,
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
