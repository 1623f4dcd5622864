// @ts-check
// Prints what the page's modules weigh and how long they take, beside libraries that do the same.
//   node benches/page/figures.mjs [FOLDER WITH THE BUILT MODULES]     default: web-demo/dist/wasm
import { existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const { devDependencies } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));
const missing = Object.keys(devDependencies).filter((name) => !existsSync(join(here, "node_modules", name)));
if (missing.length > 0) stop(`${missing.join(", ")} missing: run \`npm ci --prefix benches/page --ignore-scripts\``);

const folder = resolve(process.argv[2] ?? join(here, "../../web-demo/dist/wasm"));
const built = ["calculator", "ambassador"].flatMap((name) => [`${name}.js`, `${name}_bg.wasm`]);
if (built.some((file) => !existsSync(join(folder, file)))) {
  stop(`${folder} lacks the built modules: run \`cargo run --locked -p ambassador-web -- build\`, or name their folder`);
}

// Only now, because these import the packages.
const { expectSameClaims, expectSameQuotes } = await import("./agreement.mjs");
const { claims, plans } = await import("./cases.mjs");
const { ours, peer } = await import("./programs.mjs");
const { sizesOf } = await import("./sizes.mjs");
const { loadsOf, timesOf } = await import("./timings.mjs");

const calculators = [
  ours(folder, "calculator", "calculator module"),
  await peer("decimal", "decimal.js"),
  await peer("big", "big.js"),
];
const readers = [ours(folder, "ambassador", "full module"), await peer("viem", "viem"), await peer("ethers", "ethers")];
const loaded = (/** @type {import("./programs.mjs").Program[]} */ programs) =>
  Promise.all(programs.map(async (program) => ({ ...(await program.prepare(-1)()), name: program.name })));
const [quoting, reading] = [await loaded(calculators), await loaded(readers)];
try {
  expectSameQuotes(quoting);
  await expectSameClaims(reading);
} catch (error) {
  stop(`not all say the same, so nothing was measured: ${error instanceof Error ? error.message : error}`);
}

print("Bytes to load", ["", "raw", "gzip -9", "brotli 11"], sizeRows());
print("Time in Node.js", ["", "peer", "ours", "peer's", "ratio"], await timeRows());
console.log(`Medians of interleaved rounds; ${availableParallelism()} cores, ${process.arch}, Node.js ${process.version}.`);
console.log("A ratio is ours ÷ peer: below 1 ours is smaller or faster, above 1 larger or slower.");

function sizeRows() {
  const rows = [];
  for (const [task, [own, ...peers]] of /** @type {const} */ ([["quote", calculators], ["claim check", readers]])) {
    const sizes = sizesOf(own.files);
    const kinds = /** @type {const} */ (["raw", "gzip", "brotli"]);
    rows.push([`**${task}: ${own.name} and glue**`, ...kinds.map((kind) => `**${grouped(sizes[kind])}**`)]);
    for (const { name, files } of peers) {
      const theirs = sizesOf(files);
      const cell = (/** @type {keyof typeof theirs} */ kind) => `${grouped(theirs[kind])} (${ratio(sizes[kind], theirs[kind])})`;
      rows.push([`${task}: ${name}`, ...kinds.map(cell)]);
    }
  }
  return rows;
}

async function timeRows() {
  const { five, thousand } = plans;
  const claim = claims[0].bytes;
  const firstQuote = (/** @type {any} */ { quote }) => quote(five);
  const firstClaim = (/** @type {any} */ { readClaim }) => readClaim(claim);
  const starts = [
    await loadsOf(calculators.map((program) => ({ program, first: firstQuote }))),
    await loadsOf(readers.map((program) => ({ program, first: firstClaim }))),
  ];
  const part = (/** @type {number} */ which, /** @type {"load" | "answer"} */ kind) =>
    new Map([...starts[which]].map(([name, times]) => [name, times[kind]]));
  const times = (/** @type {any[]} */ programs, /** @type {(program: any) => unknown} */ ask) =>
    timesOf(programs.map((program) => ({ name: program.name, run: () => ask(program) })));
  const tasks = /** @type {[string, Map<string, number>][]} */ ([
    ["load the calculator", part(0, "load")],
    ["load it and quote once", part(0, "answer")],
    ["quote of 5 creators", await times(quoting, ({ quote }) => quote(five))],
    ["quote of 1,000 creators", await times(quoting, ({ quote }) => quote(thousand))],
    ["load the claim check", part(1, "load")],
    ["load it and check once", part(1, "answer")],
    ["claim check", await times(reading, ({ readClaim }) => readClaim(claim))],
    ["digest only", await times(reading, ({ digest }) => digest(claim))],
  ]);
  return tasks.flatMap(([task, times]) => {
    const [[, own], ...peers] = times;
    return peers.map(([name, theirs]) => [task, name, duration(own), duration(theirs), ratio(own, theirs)]);
  });
}

/** @param {string} title @param {string[]} head @param {string[][]} rows */
function print(title, head, rows) {
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(" | ")} |`;
  const words = rows[0].findIndex((cell) => /^\**\d/.test(cell));
  const rule = `|${head.map((_, place) => (place < words ? "---" : "--:")).join("|")}|`;
  console.log([`${title}\n`, line(head), rule, ...rows.map(line), ""].join("\n"));
}

/** @param {number} bytes */
function grouped(bytes) {
  return bytes.toLocaleString("en-US");
}

/** @param {number} own @param {number} theirs */
function ratio(own, theirs) {
  return `${(own / theirs).toPrecision(2)}×`;
}

/** @param {number} milliseconds */
function duration(milliseconds) {
  const [number, unit] = milliseconds < 1 ? [milliseconds * 1000, "µs"] : [milliseconds, "ms"];
  return `${number < 100 ? number.toPrecision(3) : Math.round(number)} ${unit}`;
}

/** @param {string} reason @returns {never} */
function stop(reason) {
  console.error(`error: ${reason}`);
  process.exit(1);
}
