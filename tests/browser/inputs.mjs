// @ts-check
// What the tests start from: what the environment gives (what is missing is said, with what to do), the example, chance.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { copyExample } from "../../web-demo/demo/programme.mjs";

export const root = fileURLToPath(new URL("../../", import.meta.url));

/** The built page. */
export const dist = () => existing("the built page", join(root, "web-demo/dist"), "files.json", "build the page with `cargo web build`");

/** The binary of the page's command. */
export const pageCommand = () =>
  existing("AMBASSADOR_WEB", process.env.AMBASSADOR_WEB, "", "run `cargo build --package ambassador-web`, and name target/debug/ambassador-web");

/** The signer's binary. */
export const signer = () =>
  existing("AMBASSADOR_SIGNER", process.env.AMBASSADOR_SIGNER, "", "run `cargo build --package ambassador-signer`, and name target/debug/ambassador-signer");

/** Where pictures of every view go, if anywhere. */
export const screenshots = () => process.env.AMBASSADOR_SCREENSHOTS;

/** The browser. */
export function chromium() {
  const named = process.env.CHROMIUM;
  const folders = [...(process.env.PATH ?? "").split(":"), "/usr/bin"];
  const names = named ? [named] : ["chromium", "chromium-browser", "google-chrome"];
  const found = names.flatMap((name) => (name.includes("/") ? [name] : folders.map((folder) => join(folder, name)))).find((path) => existsSync(path));
  if (found === undefined) throw new Error("no browser is found: install Chromium, or name one in CHROMIUM");
  return found;
}

/** Returns an empty folder that is gone when the tests have ended. */
export function scratch() {
  const folder = mkdtempSync(join(tmpdir(), "ambassador-tests-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The same numbers on every machine (mulberry32). @param {number} seed */
export function dice(seed) {
  return (/** @type {number} */ below) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** @type {string | undefined} */
let made;

/** What the signer publishes of the example's December 2020 and January 2021. */
export function published() {
  made ??= make();
  return made;
}

function make() {
  const programme = join(scratch(), "rally");
  copyExample(programme);
  for (const month of ["2020-12", "2021-01"]) execFileSync(signer(), ["close", month, "--yes", "-C", programme], { stdio: "pipe" });
  return join(programme, "published");
}

/** @param {string} name @param {string | undefined} path @param {string} inside a file that must be in it @param {string} help */
function existing(name, path, inside, help) {
  if (!path) throw new Error(`${name} is not set: ${help}`);
  if (!existsSync(join(path, inside))) throw new Error(`${name}: nothing usable is at ${path}: ${help}`);
  return resolve(path);
}
