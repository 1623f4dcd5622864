// @ts-check
// What the recipe of docs/warehouse.md needs of DuckDB's shell: `duckdb -bail` runs the statements that it reads.
import { DuckDBInstance } from "@duckdb/node-api";
import { readFileSync } from "node:fs";

const connection = await (await DuckDBInstance.create(":memory:")).connect();
const statements = await connection.extractStatements(readFileSync(0, "utf8"));
for (let index = 0; index < statements.count; index++) {
  await (await statements.prepare(index)).run();
}
