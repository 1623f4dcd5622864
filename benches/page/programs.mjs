// @ts-check
// Our modules and the peers' bundles, as files and ready to be called.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));

/**
 * A program that answers quotes or claims.
 *
 * @typedef {object} Program
 * @property {string} name
 * @property {string[]} files what a page loads
 * @property {(round: number) => (() => Promise<any>)} prepare returns what loads it as if for the first time
 */

/** @param {string} folder @param {string} module @param {string} name @returns {Program} */
export function ours(folder, module, name) {
  const [glue, wasm] = [join(folder, `${module}.js`), join(folder, `${module}_bg.wasm`)];
  const bytes = readFileSync(wasm);
  return {
    name,
    files: [glue, wasm],
    prepare(round) {
      // An engine compiles the same bytes once in its life: a custom section with another number makes other bytes.
      const other = join(scratch, `${module}-${round}.wasm`);
      writeFileSync(other, Buffer.concat([bytes, customSection(String(round))]));
      return async () => {
        const program = await import(`${pathToFileURL(glue).href}?${round}`);
        program.initSync({ module: readFileSync(other) });
        return program;
      };
    },
  };
}

/** @param {string} module @param {string} packageName @returns {Promise<Program>} */
export async function peer(module, packageName) {
  const outfile = join(scratch, `${module}.mjs`);
  // As for a page: minified, only what is used, and the browser's variant of each package.
  await build({
    entryPoints: [join(here, "peers", `${module}.mjs`)],
    bundle: true,
    minify: true,
    treeShaking: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    legalComments: "none",
    outfile,
    logLevel: "error",
  });
  const { version } = JSON.parse(readFileSync(join(here, "node_modules", packageName, "package.json"), "utf8"));
  const text = readFileSync(outfile);
  return {
    name: `${packageName} ${version}`,
    files: [outfile],
    prepare(round) {
      const other = join(scratch, `${module}-${round}.mjs`);
      writeFileSync(other, Buffer.concat([text, Buffer.from(`//${round}`)]));
      return () => import(pathToFileURL(other).href);
    },
  };
}

const scratch = mkdtempSync(join(tmpdir(), "ambassador-figures-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));

/** @param {string} name shorter than 126 bytes */
const customSection = (name) => Buffer.concat([Buffer.from([0, name.length + 1, name.length]), Buffer.from(name)]);
