// @ts-check
// A copy of the example programme whose terms name contracts that live, and the signer's real binary at work in it.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

import { getAddress } from "viem";

/** @typedef {import("./chain.mjs").Hex} Hex */
/** @typedef {{ name: string, address: Hex }} Account */

const example = fileURLToPath(new URL("../../examples/rally", import.meta.url));
/** What closing a month leaves in the example itself. */
const results = /^(months|published|ledger\.db.*)$/;

/** The address that the example's key signs for. @returns {Hex} */
export const exampleSigner = () => getAddress(`0x${readJson(join(example, "key.json")).address}`);

/** Copies the example programme without what closing its months left. @param {string} folder */
export function copyExample(folder) {
  cpSync(example, folder, { recursive: true, filter: (path) => path === example || !results.test(basename(path)) });
}

/**
 * Lets accounts that the node signs for be the payees, as far as there are any, so that they can sign invites.
 *
 * @param {string} folder
 * @param {Hex[]} accounts
 */
export function giveKeys(folder, accounts) {
  /** @type {Map<string, string>} */
  const given = new Map();
  for (const name of ["ambassadors.csv", "resolutions.csv"]) {
    const file = join(folder, name);
    const rows = readFileSync(file, "utf8").replace(/0x[0-9a-fA-F]{40}/g, (payee) => {
      if (!given.has(payee)) given.set(payee, accounts[given.size] ?? payee);
      return given.get(payee) ?? payee;
    });
    writeFileSync(file, rows);
  }
  mkdirSync(join(folder, "acceptances"));
}

/**
 * @param {{ folder: string, chainId: number, token: Hex, payouts: Hex }} chain whose folder the copy goes into
 * @param {string} binary the signer
 */
export function copyProgramme({ folder: parent, chainId, token, payouts }, binary) {
  const folder = join(parent, "programme");
  copyExample(folder);
  const file = join(folder, "terms/1.toml");
  /** @type {Record<string, string>} */
  const values = { chain_id: `${chainId}`, address: `"${token}"`, payouts: `"${payouts}"` };
  const terms = readFileSync(file, "utf8").replace(/^(\w+) = .*$/gm, (line, key) => {
    return key in values ? `${key} = ${values[key]}` : line;
  });
  writeFileSync(file, terms);

  /** Runs a command of the signer that must succeed, and returns its JSON. @param {string[]} values */
  const run = (...values) => {
    // What it complains about is part of the error that is thrown when it fails.
    const said = execFileSync(binary, ["--json", ...values], { cwd: folder, encoding: "utf8", stdio: "pipe" });
    return JSON.parse(said);
  };
  return {
    folder,
    published: join(folder, "published"),
    run,
    /** Settles, signs and publishes a month, and returns its total in base units. @param {string} month */
    close: (month) => BigInt(run("close", month, "--yes").summary.amount),
    /** Who has a claim of a month. @param {string} month @returns {Account[]} */
    payees: (month) => {
      const published = join(folder, "published/months", month);
      const claims = join(published, "claims");
      const files = existsSync(claims) ? readdirSync(claims).sort() : [];
      return files.map((name) => {
        const { ambassador } = readJson(join(published, "statements", name));
        return { name: ambassador.name, address: readJson(join(claims, name)).claim.account };
      });
    },
  };
}

/** @param {string} path */
function readJson(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}
