// @ts-check
// What the tests are given by the environment; what is missing is said, with what to do.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

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

/** @type {string | undefined} */
let made;

/** What the signer publishes of the example's December 2020 and January 2021. */
export function published() {
  made ??= make();
  return made;
}

function make() {
  const folder = mkdtempSync(join(tmpdir(), "ambassador-example-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const example = join(root, "examples/rally");
  const results = /^(months|published|ledger\.db.*)$/;
  const programme = join(folder, "rally");
  cpSync(example, programme, { recursive: true, filter: (path) => path === example || !results.test(basename(path)) });
  for (const month of ["2020-12", "2021-01"]) execFileSync(signer(), ["close", month, "--yes", "-C", programme], { stdio: "pipe" });
  return join(programme, "published");
}

/** @param {string} name @param {string | undefined} path @param {string} inside a file that must be in it @param {string} help */
function existing(name, path, inside, help) {
  if (!path) throw new Error(`${name} is not set: ${help}`);
  if (!existsSync(join(path, inside))) throw new Error(`${name}: nothing usable is at ${path}: ${help}`);
  return resolve(path);
}
