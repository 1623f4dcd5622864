// The same module for Node.js, which reads files: ready once imported, and `await init()` does no harm.
import { readFileSync } from "node:fs";

import { initSync } from "../ambassador.js";

initSync({ module: readFileSync(new URL("../ambassador_bg.wasm", import.meta.url)) });

export * from "../ambassador.js";
export { default } from "../ambassador.js";
