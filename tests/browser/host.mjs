// @ts-check
// Hosts of the page: the project's own server, alone or behind one that answers some paths as a test says.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { pipeline } from "node:stream/promises";

import * as inputs from "./inputs.mjs";

/** @typedef {{ url: string, stop(): Promise<void> }} Site */
/** @typedef {{ status?: number, headers?: Record<string, string>, body?: string | Buffer | AsyncIterable<Buffer> }} Whole an answer with all that belongs to it; a body may have no end */
/** @typedef {(body: string) => Promise<string | Buffer> | string | Buffer | Whole | undefined} Answer undefined: not found */
/**
 * @typedef {object} SiteOptions
 * @property {string} published a folder
 * @property {Record<string, Answer>} [overlay] answers that go before files, by path
 * @property {boolean} [bare] whether the host sends no headers of its own, as a plain one does
 */

/** Serves the built page by the real command, unless some answers are a test's own. @param {SiteOptions} options @returns {Promise<Site>} */
export const startSite = ({ published, overlay, bare = false }) => (overlay === undefined && !bare ? serve(published) : serveWith(overlay ?? {}, published, bare));

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

/** Puts a test's answers before the real server's. @param {Record<string, Answer>} overlay @param {string} published @param {boolean} bare @returns {Promise<Site>} */
async function serveWith(overlay, published, bare) {
  const real = await serve(published);
  const listener = createServer((request, response) => {
    void (async () => {
      const there = await fetch(new URL(request.url ?? "/", real.url));
      const path = new URL(there.url).pathname;
      let [status, body] = [there.status, Buffer.from(await there.arrayBuffer())];
      const headers = bare ? { "content-type": there.headers.get("content-type") ?? "" } : Object.fromEntries(there.headers);
      if (Object.hasOwn(overlay, path)) {
        const parts = [];
        for await (const part of request) parts.push(part);
        const own = await overlay[path](Buffer.concat(parts).toString());
        if (!there.ok) headers["content-type"] = "application/json";
        if (own !== undefined && typeof own !== "string" && !Buffer.isBuffer(own)) return await whole(own, headers, response);
        [status, body] = own === undefined ? [404, Buffer.from("404 Not Found\n")] : [200, Buffer.from(own)];
      }
      response.writeHead(status, { ...headers, "content-length": body.length }).end(body);
    })().catch(() => response.destroy());
  });
  await new Promise((done) => listener.listen(0, "127.0.0.1", () => done(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (listener.address());
  return {
    url: `http://127.0.0.1:${port}/`,
    stop: async () => {
      listener.closeAllConnections();
      await new Promise((done) => listener.close(done));
      await real.stop();
    },
  };
}

/** Sends an answer piece by piece, until it ends or nobody takes more of it. @param {Whole} own @param {Record<string, string>} headers @param {import("node:http").ServerResponse} response */
async function whole({ status = 200, headers: more = {}, body = "" }, headers, response) {
  const { "content-length": _, ...kept } = headers;
  response.writeHead(status, { ...kept, ...more });
  if (typeof body === "string" || Buffer.isBuffer(body)) return void response.end(body);
  await pipeline(body, response).catch(() => undefined);
}
