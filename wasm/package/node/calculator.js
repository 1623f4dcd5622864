// The same module for Node.js, which reads files: ready once imported, and `await init()` does no harm.
import { readFileSync } from "node:fs";

import { initSync } from "../calculator.js";

initSync({ module: readFileSync(new URL("../calculator_bg.wasm", import.meta.url)) });

export * from "../calculator.js";
export { default } from "../calculator.js";
