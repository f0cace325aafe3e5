// peers.mjs TOOL CASE FILE [THREADS]: what a library of the npm world does
// with the file.  Prints its own time (this process has started, its modules
// are loaded) in the form measure.py reads, and on stdout what it found.
// PEERS is the folder whose node_modules are used.
import { createReadStream, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { createRequire } from "node:module";

const [tool, what, file, threads = "1"] = process.argv.slice(2);
const require = createRequire(process.env.PEERS + "/here.js");
const SIX = ["event_id", "player_id", "event_type", "timestamp",
  "session_id", "properties"];

// The columns are named and typed: nothing has to be found out first.
const DUCKDB = {
  group: `select event_type, count(*) n, sum(properties.revenue) s
    from read_json('${file}', format = 'newline_delimited',
      columns = {event_type: 'VARCHAR', properties: 'STRUCT(revenue DOUBLE)'})
    group by event_type order by event_type`,
  project: `copy (select ${SIX.map((n) => `${n} as ${n}_2`).join(", ")}
    from read_json('${file}', format = 'newline_delimited',
      columns = {${SIX.map((n) => `${n}: '${n === "properties" ?
        "JSON" : "VARCHAR"}'`).join(", ")}}))
    to '/dev/null' (format json)`,
};

async function duckdb() {
  const { DuckDBInstance } = require("@duckdb/node-api");
  const db = await DuckDBInstance.create(":memory:");
  const c = await db.connect();
  await c.run(`set threads to ${Number(threads)}`);
  return async () => (await c.runAndReadAll(DUCKDB[what])).getRowsJson();
}

async function polars() {
  const pl = require("nodejs-polars");
  const revenue = pl.col("properties").struct.field("revenue");
  return async () => pl.scanJson(file, { inferSchemaLength: 2000 })
    .withColumn(revenue.alias("revenue"))
    .groupBy("event_type")
    .agg(pl.col("event_type").count().alias("n"),
      pl.col("revenue").sum().alias("s"))
    .collectSync().sort("event_type").rows();
}

async function ajv() {
  const schema = JSON.parse(readFileSync(process.env.SCHEMA));
  const Ajv = require("ajv/dist/2020");
  const check = new Ajv().compile(schema);
  return async () => {
    let good = 0, bad = 0;
    for await (const line of createInterface({
      input: createReadStream(file), crlfDelay: Infinity }))
      if (check(JSON.parse(line))) good++; else bad++;
    return { good, bad };
  };
}

async function json() {
  return async () => {
    let n = 0;
    for await (const line of createInterface({
      input: createReadStream(file), crlfDelay: Infinity })) {
      JSON.parse(line);
      n++;
    }
    return n;
  };
}

const run = await { duckdb, polars, ajv, json }[tool]();
const cpu = process.cpuUsage(), start = process.hrtime.bigint();
const found = await run();
const wall = Number(process.hrtime.bigint() - start) / 1e9;
const used = process.cpuUsage(cpu);
console.log(JSON.stringify(found));
console.error("own time: %s %s", wall.toFixed(6),
  ((used.user + used.system) / 1e6).toFixed(6));
process.exit(0);
