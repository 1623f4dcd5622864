// @ts-check
// Compiles the contract with solc-js and writes, or with --check compares, the pinned artifact beside this file.
//   node build.mjs                      writes AmbassadorPayouts.json
//   node build.mjs --check              recompiles and compares it byte for byte
//   node build.mjs --out DIR [FILE…]    compiles the test doubles to DIR, one JSON file each; those of some sources, quickly
//   node build.mjs --variants FILE DIR  compiles changed sources, quickly: FILE maps a name to a whole contract source;
//                                       those that do not compile are named and left out
//   node build.mjs --foundry DIR        compiles the proofs to DIR in the layout that Foundry's tools read
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const contract = "AmbassadorPayouts";
const pinned = join(here, `${contract}.json`);
const settings = {
  evmVersion: "prague",
  viaIR: true,
  optimizer: { enabled: true, runs: 200 },
  // Without the metadata's hash the bytecode depends on code and settings alone, not on comments or paths.
  metadata: { appendCBOR: false, bytecodeHash: "none" },
};

if (!existsSync(join(here, "node_modules", "solc"))) {
  console.error("contracts/node_modules is missing: run `npm ci --ignore-scripts --prefix contracts`");
  process.exit(1);
}
const { default: solc } = await import("solc");

// Most test doubles, and variants, are judged by what they do, not by what they cost.
const quick = { ...settings, viaIR: false, optimizer: { enabled: false } };

/** @param {string} path */
const read = (path) => readFileSync(join(here, path), "utf8");

/** @param {string} path an import as written, or a source relative to this folder */
function resolve(path) {
  const file = path.startsWith("@") ? join("node_modules", path) : path;
  return existsSync(join(here, file)) ? { contents: read(file) } : { error: `no file ${path}` };
}

/**
 * @param {Record<string, { content: string }>} sources
 * @param {object} how compiler settings
 * @param {object} outputSelection
 * @returns {any} the compiler's answer
 */
function ask(sources, how, outputSelection) {
  const input = { language: "Solidity", sources, settings: { ...how, outputSelection } };
  return JSON.parse(solc.compile(JSON.stringify(input), { import: resolve }));
}

/** @param {any} output @param {(complaint: any) => boolean} stops which complaints end the build */
function check(output, stops) {
  const complaints = (output.errors ?? []).filter(stops).map((/** @type {any} */ e) => e.formattedMessage);
  if (complaints.length > 0) throw new Error(complaints.join("\n"));
}

/**
 * @param {Record<string, { content: string }>} sources
 * @param {object} how compiler settings
 * @returns {{ file: string, name: string, code: { abi: unknown, bytecode: string, deployedBytecode: string } }[]}
 */
function compile(sources, how) {
  const outputs = { "*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"] };
  const output = ask(sources, how, Object.fromEntries(Object.keys(sources).map((file) => [file, outputs])));
  // A warning stops the real build; a variant may well leave a variable unused.
  check(output, (e) => how !== quick || e.severity === "error");
  return Object.entries(output.contracts).flatMap(([file, contracts]) =>
    Object.entries(/** @type {any} */ (contracts)).map(([name, { abi, evm }]) => {
      const [bytecode, deployedBytecode] = [evm.bytecode, evm.deployedBytecode].map(({ object }) => `0x${object}`);
      return { file, name, code: { abi, bytecode, deployedBytecode } };
    }),
  );
}

/** @param {any} source @param {any} built a contract, in the layout that Foundry's tools read */
function foundry(source, built) {
  const { abi, metadata, storageLayout, evm } = built;
  const code = (/** @type {any} */ { object, sourceMap, linkReferences }) =>
    ({ object: `0x${object}`, sourceMap, linkReferences });
  return {
    abi,
    bytecode: code(evm.bytecode),
    deployedBytecode: code(evm.deployedBytecode),
    methodIdentifiers: evm.methodIdentifiers,
    metadata: JSON.parse(metadata),
    storageLayout,
    ast: source.ast,
    id: source.id,
  };
}

/** @param {string} dir @param {string} name @param {unknown} value */
function write(dir, name, value) {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, `${name}.json`), `${JSON.stringify(value, null, 2)}\n`);
}

const [flag, ...rest] = process.argv.slice(2);
if (flag === "--out") {
  const [dir, ...files] = rest;
  for (const file of files.length > 0 ? files : readdirSync(join(here, "test"))) {
    // The plain token's gas is part of every figure that is compared where all of them are there.
    const how = file === "PlainToken.sol" && files.length === 0 ? settings : quick;
    const compiled = compile({ [`test/${file}`]: { content: read(`test/${file}`) } }, how);
    for (const { name, code } of compiled) write(dir, name, code);
  }
} else if (flag === "--variants") {
  const [file, dir] = rest;
  const variants = Object.entries(JSON.parse(readFileSync(file, "utf8")));
  // All at once, so that what they import is read and analysed once.
  const sources = Object.fromEntries(variants.map(([name, content]) => [name, { content }]));
  // One that does not parse keeps the compiler from looking at the others: ask until nobody is left out any more.
  for (let before = 0; before !== Object.keys(sources).length; ) {
    before = Object.keys(sources).length;
    for (const { severity, sourceLocation } of ask(sources, quick, {}).errors ?? []) {
      if (severity === "error" && sourceLocation.file in sources) {
        console.log(sourceLocation.file);
        delete sources[sourceLocation.file];
      }
    }
  }
  for (const { file: name, code } of compile(sources, quick)) write(dir, name, code);
} else if (flag === "--foundry") {
  const [dir] = rest;
  const files = readdirSync(join(here, "proof")).filter((file) => file.endsWith(".sol"));
  const sources = Object.fromEntries(files.map((file) => [`proof/${file}`, { content: read(`proof/${file}`) }]));
  const outputs = ["abi", "metadata", "storageLayout", "evm.bytecode", "evm.deployedBytecode", "evm.methodIdentifiers"];
  const output = ask(sources, settings, { "*": { "*": outputs, "": ["ast"] } });
  // A proof has lines that nobody reaches: that is what is proved.
  check(output, (e) => e.severity === "error");
  const proved = output.contracts[`${contract}.sol`][contract].evm.bytecode.object;
  if (`0x${proved}` !== JSON.parse(read(`${contract}.json`)).bytecode) {
    throw new Error(`what would be proved is not ${contract}.json: run \`node contracts/build.mjs\``);
  }
  for (const [file, contracts] of Object.entries(/** @type {Record<string, any>} */ (output.contracts))) {
    for (const [name, built] of Object.entries(contracts)) {
      write(join(dir, basename(file)), name, foundry(output.sources[file], built));
    }
  }
} else if (flag === undefined || flag === "--check") {
  const [{ name, code }] = compile({ [`${contract}.sol`]: { content: read(`${contract}.sol`) } }, settings);
  const artifact = { contractName: name, compiler: solc.version(), settings, ...code };
  const text = `${JSON.stringify(artifact, null, 2)}\n`;
  if (flag === undefined) writeFileSync(pinned, text);
  else if (!existsSync(pinned) || readFileSync(pinned, "utf8") !== text) {
    console.error(`${contract}.json is not what its sources compile to: run \`node contracts/build.mjs\``);
    process.exit(1);
  }
} else {
  console.error(`unknown option ${flag}`);
  process.exit(2);
}
