// @ts-check
// The page's WASM modules, loaded by Node.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import * as inputs from "./inputs.mjs";

/** A fresh instance of a build, with its memory. @param {"ambassador" | "calculator"} build */
export async function load(build) {
  // Node takes a file for a module by the package beside it, which a folder of static files has not.
  const folder = mkdtempSync(join(tmpdir(), "ambassador-module-"));
  try {
    cpSync(join(inputs.dist(), "wasm", `${build}.js`), join(folder, "module.mjs"));
    const functions = await import(pathToFileURL(join(folder, "module.mjs")).href);
    const { memory } = functions.initSync({ module: readFileSync(join(inputs.dist(), "wasm", `${build}_bg.wasm`)) });
    return { functions, size: () => /** @type {WebAssembly.Memory} */ (memory).buffer.byteLength };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The terms in the shape in which the page hands them over. */
export async function terms() {
  const { parse } = await vendored();
  return parse(readFileSync(join(inputs.published(), "terms/1.toml"), "utf8"));
}

async function vendored() {
  const folder = mkdtempSync(join(tmpdir(), "ambassador-toml-"));
  try {
    cpSync(join(inputs.dist(), "vendor/smol-toml"), folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), '{"type":"module"}');
    return await import(pathToFileURL(join(folder, "index.js")).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
