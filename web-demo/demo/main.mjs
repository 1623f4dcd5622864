// @ts-check
// Starts a world, says where it is in one line of JSON, and ends it when its own standard input ends.
//   node main.mjs SIGNER
import { startWorld } from "./world.mjs";

const [binary] = process.argv.slice(2);
const { chain, programme, people, stop } = await startWorld({ binary, payees: "node's" });
const { port } = new URL(chain.url);
console.log(JSON.stringify({ port: Number(port), published: programme.published, people, token: chain.token, payouts: chain.payouts }));
process.stdin.on("end", stop).on("error", stop).resume();
for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"]) process.on(signal, stop);
await chain.ended;
process.exit(0);
