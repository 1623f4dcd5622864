// @ts-check
/**
 * Keeps the page for later: after the first visit it opens without a connection.
 *
 * The build lists its files with their hashes in `files.json`. A set of files is stored whole, each checked against
 * its hash, and is then served together: a page never mixes files of two builds. What the programme publishes comes
 * from the network where there is one, and from the last visit where there is none.
 */

/** @typedef {Record<string, string>} Listing file names and their SHA-256 */

const worker = /** @type {any} */ (self);
const LIST = "files.json";
const SETS = "page-";
const PUBLISHED = "published";
const MOST_PUBLISHED = 400;
/** No file that a programme publishes is larger: bytes. */
const LARGEST = 96 * 1024 * 1024;
const base = new URL("./", worker.location.href);

/** Which set a window was opened with; it keeps it until it is closed. @type {Map<string, string>} */
const opened = new Map();
/** @type {Promise<void> | undefined} */
let renewing;

worker.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(renew().then(() => worker.skipWaiting())));
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== base.origin || !url.pathname.startsWith(base.pathname)) return;
  const name = decodeURIComponent(url.pathname.slice(base.pathname.length));
  if (name === LIST) return;
  if (name.startsWith("published/")) return event.respondWith(fresh(event));
  event.respondWith(kept(event, name === "" || name.endsWith("/") ? `${name}index.html` : name));
  // Looking for a newer build belongs to opening the page, and keeps nobody waiting.
  if (request.mode === "navigate") event.waitUntil(renew().catch(() => undefined));
});

/** Answers from the window's set of files, else from the network. @param {any} event @param {string} name */
async function kept(event, name) {
  const set = await setOf(event);
  const found = set === undefined ? undefined : await (await caches.open(set)).match(new URL(name, base).href);
  return found ?? fetch(event.request);
}

/** @param {any} event @returns {Promise<string | undefined>} */
async function setOf({ request, clientId, resultingClientId }) {
  const known = opened.get(clientId);
  if (request.mode !== "navigate" && known !== undefined) return known;
  const set = await current();
  const client = request.mode === "navigate" ? resultingClientId : clientId;
  if (set !== undefined && client) opened.set(client, set);
  return set;
}

/** Answers from the network and keeps the answer; without a network, from what was kept. @param {any} event */
async function fresh(event) {
  const { request } = event;
  const store = await caches.open(PUBLISHED);
  try {
    const answer = await fetch(request);
    if (answer.ok && answer.status === 200 && answer.body !== null) return passed(event, answer, answer.body, store);
    if (answer.status === 404 || answer.status === 410) await store.delete(request.url);
    return answer;
  } catch (error) {
    const found = await store.match(request.url);
    if (found !== undefined) return found;
    throw error;
  }
}

/**
 * Passes an answer on as it arrives and keeps it once the page has taken all of it: who hosts it may send without an
 * end, and the page stops reading where it is too much.
 *
 * @param {any} event
 * @param {Response} answer
 * @param {ReadableStream<Uint8Array<ArrayBuffer>>} body
 * @param {Cache} store
 */
function passed({ request }, answer, body, store) {
  /** @type {Uint8Array<ArrayBuffer>[]} */
  let pieces = [];
  let length = 0;
  const through = new TransformStream({
    transform(piece, out) {
      length += piece.byteLength;
      if (length <= LARGEST) pieces.push(piece);
      else pieces = [];
      out.enqueue(piece);
    },
    async flush() {
      if (length > LARGEST) return;
      await store.put(request.url, new Response(new Blob(pieces), answer)).then(() => shorten(store)).catch(() => undefined);
    },
  });
  return new Response(body.pipeThrough(through), answer);
}

/** Forgets the oldest where too much was kept. @param {Cache} store */
async function shorten(store) {
  const keys = await store.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - MOST_PUBLISHED)).map((key) => store.delete(key)));
}

/** Stores the newest set of files, unless it is the one that is kept; only one at a time. @returns {Promise<void>} */
function renew() {
  renewing ??= store().finally(() => (renewing = undefined));
  return renewing;
}

async function store() {
  const answer = await fetch(new URL(LIST, base), { cache: "no-cache" });
  if (!answer.ok) throw new Error(`${LIST} answers ${answer.status}`);
  const bytes = await answer.arrayBuffer();
  const name = SETS + (await sha256(bytes));
  if (name === (await current())) return forget(name);
  const listing = /** @type {Listing} */ (JSON.parse(new TextDecoder().decode(bytes)));
  // A set that was begun and not ended has no list yet.
  await caches.delete(name);
  const set = await caches.open(name);
  const before = await current();
  const old = before === undefined ? undefined : await caches.open(before);
  await Promise.all(Object.entries(listing).map(async ([file, hash]) => {
    const url = new URL(file.split("/").map(encodeURIComponent).join("/"), base).href;
    const same = await unchanged(old, url, hash);
    await set.put(url, same ?? (await checked(url, hash)));
  }));
  await set.put(new URL(LIST, base).href, new Response(bytes, { headers: { "content-type": "application/json" } }));
  await forget(name);
}

/** @param {Cache | undefined} old @param {string} url @param {string} hash */
async function unchanged(old, url, hash) {
  const found = await old?.match(url);
  if (found === undefined) return undefined;
  return (await sha256(await found.clone().arrayBuffer())) === hash ? found : undefined;
}

/** @param {string} url @param {string} hash */
async function checked(url, hash) {
  const answer = await fetch(url, { cache: "no-cache" });
  if (!answer.ok || answer.redirected) throw new Error(`${url} answers ${answer.status}`);
  const found = await sha256(await answer.clone().arrayBuffer());
  if (found !== hash) throw new Error(`${url} is not the file that ${LIST} names`);
  return answer;
}

/** The newest set that is whole: its list was stored last. @returns {Promise<string | undefined>} */
async function current() {
  const names = (await caches.keys()).filter((name) => name.startsWith(SETS)).reverse();
  for (const name of names) if (await (await caches.open(name)).match(new URL(LIST, base).href)) return name;
  return undefined;
}

/** Drops older sets that no open window uses. @param {string} newest */
async function forget(newest) {
  const windows = new Set((await worker.clients.matchAll({ type: "window", includeUncontrolled: true })).map((/** @type {{ id: string }} */ client) => client.id));
  for (const id of opened.keys()) if (!windows.has(id)) opened.delete(id);
  const used = new Set([newest, ...opened.values()]);
  for (const name of await caches.keys()) if (name.startsWith(SETS) && !used.has(name)) await caches.delete(name);
}

/** @param {ArrayBuffer} bytes */
async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
