// @ts-check
/** The ways in: claims of an ambassador, claims of an account, claims in files; each becomes items with their statements. */

import { each } from "../chain.js";
import { engine } from "../engine.js";
import { loadClaim, loadIndex, loadMonth, loadReplacement, loadReplacements, loadStatement, PublishedError } from "../published.js";

/** @typedef {import("./state.js").Found} Found */
/** @typedef {import("./state.js").Item} Item */
/** @typedef {import("./state.js").Unreadable} Unreadable */
/** @typedef {{ month: string, id: string }} Place */
/** @typedef {{ name: string, bytes: Uint8Array }} NamedFile */
/** @typedef {import("../published.js").Listed} Listed */
/** @typedef {import("./state.js").Worth} Worth */

const MOST_FILE = 8 * 1024 * 1024;
const MOST_FILES = 500;

/**
 * The published claims of an ambassador, newest month first.
 *
 * @param {string} id
 * @param {string | undefined} month only this one
 * @returns {Promise<Found>}
 */
export async function ofAmbassador(id, month) {
  const { months } = await loadIndex();
  const places = months
    .filter((entry) => entry.status === "final" && entry.ambassadors.includes(id) && (month ?? entry.month) === entry.month)
    .map((entry) => ({ month: entry.month, id }));
  if (places.length === 0) {
    throw new PublishedError("NOT_PUBLISHED", "index.json", "No closed month of this ambassador is published here.", "Look the name up in the list of ambassadors.");
  }
  const found = await published(places, (listed) => listed.ambassador === id && (month === undefined || (listed.from <= month && month <= listed.to)));
  const name = found.items.find((item) => item.worth !== undefined)?.worth?.name;
  return { ...found, heading: `Claims of ${name ?? id}` };
}

/**
 * The published claims that pay an account, over all months and ambassadors.
 *
 * @param {string} account
 * @returns {Promise<Found>}
 */
export async function ofAccount(account) {
  const { months } = await loadIndex();
  const places = await each(months.filter((entry) => entry.status === "final"), async (entry) => {
    const ids = await loadMonth(entry.month).then(
      ({ summary }) => summary.ambassadors.filter((row) => same(row.account, account)).map((row) => row.id),
      () => entry.ambassadors, // Without a summary every claim of the month is read.
    );
    return ids.map((id) => ({ month: entry.month, id }));
  });
  const found = await published(places.flat(), (listed) => same(listed.account, account));
  return { ...found, items: found.items.filter((item) => same(item.claim.account, account)), heading: "Claims of your account" };
}

/** Every ambassador with a closed month, for choosing one. @returns {Promise<{ id: string, name: string }[]>} */
export async function ambassadors() {
  const { months } = await loadIndex();
  const ids = new Set(months.filter((entry) => entry.status === "final").flatMap((entry) => entry.ambassadors));
  const newest = months.at(-1);
  const names = newest === undefined ? [] : await loadMonth(newest.month).then(({ summary }) => summary.ambassadors, () => []);
  return [...ids].map((id) => ({ id, name: names.find((row) => row.id === id)?.name ?? id }));
}

/**
 * Claims in dropped or picked files. A claim whose statement is not among them is looked for in what is published.
 *
 * @param {Iterable<File>} files
 * @returns {Promise<Found>}
 */
export async function ofFiles(files) {
  /** @type {{ claims: NamedFile[], statements: NamedFile[], unreadable: Unreadable[] }} */
  const sorted = { claims: [], statements: [], unreadable: [] };
  for (const file of [...files].slice(0, MOST_FILES)) await sort(file, sorted);
  const found = await items(sorted.claims, (claim, wasm) => {
    const own = sorted.statements.find(({ bytes }) => wasm.fileHash(bytes) === claim.statement);
    const meant = own ?? sorted.statements.find(({ bytes }) => isAbout(bytes, claim));
    return meant === undefined ? publishedStatement(claim) : Promise.resolve({ bytes: meant.bytes, link: undefined });
  });
  if (sorted.claims.length === 0 && sorted.unreadable.length === 0 && sorted.statements.length > 0) {
    found.unreadable.push({ name: sorted.statements[0].name, code: "NO_CLAIM", sentence: "This is a statement, not a claim.", help: "Add the claim file that belongs to it." });
  }
  return { heading: "Claims in your files", items: found.items, unreadable: [...sorted.unreadable, ...found.unreadable] };
}

/** @param {Place[]} places @param {(listed: Listed) => boolean} wanted which of the claims in the place of others */
async function published(places, wanted) {
  /** @type {Map<string, Place>} */
  const origins = new Map();
  /** @type {Map<string, Uint8Array>} */
  const explained = new Map();
  /** @type {NamedFile[]} */
  const claims = [];
  const replacements = async () => each((await loadReplacements()).filter(wanted), async (listed) => {
    const { claim, document } = await loadReplacement(listed);
    const name = `replacements/${listed.folder}/claim.json`;
    explained.set(name, document);
    claims.push({ name, bytes: claim });
  });
  const own = each(places, async (place) => {
    const bytes = await loadClaim(place.month, place.id);
    if (bytes === undefined) return;
    const name = `months/${place.month}/claims/${place.id}.json`;
    origins.set(name, place);
    claims.push({ name, bytes });
  });
  await Promise.all([replacements(), own]);
  return items(claims, async (_claim, _wasm, name) => {
    const document = explained.get(name);
    if (document !== undefined) return { bytes: document, link: undefined };
    const link = origins.get(name);
    if (link === undefined) return undefined;
    const file = await loadStatement(link.month, link.id).catch(() => undefined);
    return file === undefined ? undefined : { bytes: file.bytes, link };
  });
}

/**
 * @param {NamedFile[]} files
 * @param {(claim: import("../wasm/ambassador.js").Claim, wasm: typeof import("../wasm/ambassador.js"), name: string) => Promise<{ bytes: Uint8Array, link: Place | undefined } | undefined>} statementOf
 * @returns {Promise<{ items: Item[], unreadable: Unreadable[] }>}
 */
async function items(files, statementOf) {
  const wasm = await engine();
  /** @type {Map<string, Item>} */
  const all = new Map();
  /** @type {Unreadable[]} */
  const unreadable = [];
  await each(files, async ({ name, bytes }) => {
    try {
      const claim = wasm.readClaim(bytes);
      const statement = await statementOf(claim, wasm, name);
      all.set(claim.digest, {
        key: claim.digest,
        bytes,
        claim,
        statementBytes: statement?.bytes,
        worth: statement && await worthOf(statement.bytes, wasm),
        link: statement?.link,
      });
    } catch (error) {
      const { code = "NOT_READABLE", message = "", help = "" } = /** @type {any} */ (error);
      unreadable.push({ name, code, sentence: message, help });
    }
  });
  return { items: [...all.values()].sort(inOrder), unreadable };
}

/** Newest first; a claim over more months before those that it holds. @param {Item} a @param {Item} b */
function inOrder({ claim: a }, { claim: b }) {
  if (a.to !== b.to) return a.to < b.to ? 1 : -1;
  if (a.from !== b.from) return a.from < b.from ? -1 : 1;
  // Of two over the same months the later one may be redeemed longer.
  return BigInt(a.validUntil) < BigInt(b.validUntil) ? 1 : -1;
}

/**
 * What a claim is over, by what explains it: a statement, or the published statements of the claims that it replaces.
 *
 * @param {Uint8Array} bytes
 * @param {typeof import("../wasm/ambassador.js")} wasm
 * @returns {Promise<Worth | undefined>}
 */
async function worthOf(bytes, wasm) {
  const document = parsed(bytes);
  /** @type {import("../wasm/ambassador.js").Statement[]} */
  const statements = [];
  try {
    if (document?.schema !== "ambassador-replacement/1") statements.push(wasm.readStatement(bytes));
    else {
      for (const part of document.months) {
        const file = await loadStatement(String(part.month), String(document.ambassador.id));
        if (file.statement.hash !== part.statement) return undefined;
        statements.push(file.statement);
      }
    }
    const [{ token, ambassador }] = statements;
    return { usd: wasm.addUsd(statements.map((one) => one.totalUsd)), token, name: ambassador.name };
  } catch {
    return undefined; // The claim stands without it.
  }
}

/** @param {File} file @param {{ claims: NamedFile[], statements: NamedFile[], unreadable: Unreadable[] }} sorted */
async function sort(file, sorted) {
  const name = file.name.slice(0, 200);
  const refuse = (/** @type {string} */ sentence) => {
    sorted.unreadable.push({ name, code: "NOT_READABLE", sentence, help: "Choose a claim file and the statement file that belongs to it." });
  };
  if (file.size > MOST_FILE) return refuse("The file is larger than any claim or statement.");
  const bytes = await file.arrayBuffer().then((buffer) => new Uint8Array(buffer), () => undefined);
  if (bytes === undefined) return refuse("The file cannot be opened.");
  const schema = parsed(bytes)?.schema;
  if (schema === "ambassador-claim/1") sorted.claims.push({ name, bytes });
  // What explains a claim in the place of others is hashed and signed as a statement is.
  else if (schema === "ambassador-statement/1" || schema === "ambassador-replacement/1") sorted.statements.push({ name, bytes });
  else refuse("The file is neither a claim nor a statement.");
}

/** The published statement that a claim signs, where it is published. @param {import("../wasm/ambassador.js").Claim} claim */
async function publishedStatement(claim) {
  try {
    const { summary } = await loadMonth(claim.from);
    const row = summary.ambassadors.find((each) => each.index === claim.index);
    if (row === undefined) return undefined;
    const { bytes } = await loadStatement(claim.from, row.id);
    return { bytes, link: { month: claim.from, id: row.id } };
  } catch {
    return undefined; // Files alone are enough; nothing has to be published.
  }
}

/** Whether a statement names the claim's ambassador and month, so that it is meant even if it was changed. @param {Uint8Array} bytes @param {import("../wasm/ambassador.js").Claim} claim */
function isAbout(bytes, claim) {
  const statement = parsed(bytes);
  return statement?.month === claim.from && statement?.ambassador?.index === claim.index;
}

/** @param {Uint8Array} bytes @returns {any} */
function parsed(bytes) {
  return read(() => JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
}

/** @template T @param {() => T} action @returns {T | undefined} */
function read(action) {
  try {
    return action();
  } catch {
    return undefined;
  }
}

/** @param {string | undefined} a @param {string} b */
function same(a, b) {
  return a !== undefined && a.toLowerCase() === b.toLowerCase();
}
