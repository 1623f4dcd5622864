// @ts-check
// Runs a program and owns a folder, for as long as its standard input is open: both go when that ends, and so does
// whatever was started by somebody who was killed.
//   node keeper.mjs FOLDER PROGRAM ARGUMENT…
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";

const [folder, program, ...values] = process.argv.slice(2);
const child = spawn(program, values, { env: { ...process.env, HOME: folder }, stdio: ["ignore", "inherit", "inherit"] });
const end = () => child.kill();
process.stdin.on("end", end).on("error", end).resume();
for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"]) process.on(signal, end);
child.on("error", (error) => leave(1, `${program} does not start: ${error.message}`));
child.on("exit", (code) => leave(code ?? 0));

/** @param {number} code @param {string} [complaint] */
function leave(code, complaint) {
  if (complaint) console.error(complaint);
  rmSync(folder, { recursive: true, force: true });
  process.exit(code);
}
