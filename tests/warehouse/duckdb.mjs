// @ts-check
// Runs each job's statements in DuckDB. Reads [{ events?, before?, query, into? }], answers [{ error, rows? }].
import { DuckDBInstance } from "@duckdb/node-api";
import { readFileSync } from "node:fs";

const TYPES = `{
  event_id: 'VARCHAR', occurred_at: 'TIMESTAMP_NS', coin: 'VARCHAR', kind: 'VARCHAR', actor: 'VARCHAR',
  amount_usd: 'DECIMAL(38,18)', reverses: 'VARCHAR', source: 'VARCHAR' }`;
const text = (/** @type {string} */ value) => `'${value.replaceAll("'", "''")}'`;

/** @type {{ events?: string, before?: string, query: string, into?: string }[]} */
const jobs = JSON.parse(readFileSync(0, "utf8"));
const answers = [];
for (const { events, before, query, into } of jobs) {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    // No result hangs on where the session is.
    await connection.run("SET TimeZone = 'America/New_York'");
    if (events) {
      await connection.run(`CREATE TABLE activity AS FROM read_csv(${text(events)}, header = true, columns = ${TYPES})`);
    }
    if (before) await connection.run(before);
    if (into) {
      await connection.run(`COPY (${query}) TO ${text(into)} (HEADER)`);
      answers.push({ error: null });
    } else {
      const reader = await connection.runAndReadAll(query);
      answers.push({ error: null, rows: reader.getRowsJson() });
    }
  } catch (error) {
    answers.push({ error: String(error) });
  }
  connection.closeSync();
  instance.closeSync();
}
process.stdout.write(JSON.stringify(answers));
