// @ts-check
// Hosts of the page: the project's own server, alone or behind one that answers some paths as a test says.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { createInterface } from "node:readline";

import * as inputs from "./inputs.mjs";

/** @typedef {{ url: string, stop(): Promise<void> }} Site */
/** @typedef {(body: string) => Promise<string | Buffer> | string | Buffer | undefined} Answer undefined: not found */
/**
 * @typedef {object} SiteOptions
 * @property {string} published a folder
 * @property {Record<string, Answer>} [overlay] answers that go before files, by path
 */

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

/** Puts a test's answers before the real server's. @param {Record<string, Answer>} overlay @param {string} published @returns {Promise<Site>} */
async function serveWith(overlay, published) {
  const real = await serve(published);
  const listener = createServer((request, response) => {
    void (async () => {
      const there = await fetch(new URL(request.url ?? "/", real.url));
      const path = new URL(there.url).pathname;
      let [status, body] = [there.status, Buffer.from(await there.arrayBuffer())];
      const headers = Object.fromEntries(there.headers);
      if (Object.hasOwn(overlay, path)) {
        const parts = [];
        for await (const part of request) parts.push(part);
        const own = await overlay[path](Buffer.concat(parts).toString());
        [status, body] = own === undefined ? [404, Buffer.from("404 Not Found\n")] : [200, Buffer.from(own)];
        if (!there.ok) headers["content-type"] = "application/json";
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
