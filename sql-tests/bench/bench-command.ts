/**
 * npm run bench -- tpch --scale S [--threads 2] [--runs 5] [--queries q01,q06] [--json FILE]
 * npm run bench -- latency [--runs 2000]
 * npm run bench -- wire [--clients 64] [--seconds 5] [--rounds 3] [--idle 500]
 *
 * tpch compares with DuckDB on the same files; latency times `select 1` and a start on an existing
 * data directory; wire compares rates of small statements over many connections with PostgreSQL 15's
 * and weighs idle ones. Ends with status 1 if an answer is wrong or wire misses its mark.
 */
import { writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import {
  countOption,
  printTable,
  readOptions,
  runMain,
  scaleOption,
  UsageError,
} from "../runner/command-line.js";
import { benchLatency } from "./latency.js";
import { geometricMean, median, spread } from "./statistics.js";
import { benchWire, rateRatio } from "./wire.js";
import { benchTpch, hotRatio, selectQueries, type QueryScores } from "./tpch.js";

const MIB = 2 ** 20;

async function benchTpchCommand(args: readonly string[]): Promise<number> {
  const options = readOptions(args, ["scale", "threads", "runs", "queries", "json"]);
  const bench = {
    scale: scaleOption(options),
    threads: countOption(options, "threads", 2),
    runs: countOption(options, "runs", 5),
    queries: selectQueries(options.get("queries")),
  };
  const scores = await benchTpch(bench);
  const json = options.get("json");
  if (json !== undefined) await writeFile(json, JSON.stringify({ ...bench, scores }, null, 2));
  const [cpu] = cpus();
  console.log(
    `TPC-H scale ${bench.scale}, ${String(bench.threads)} threads each, hot: median of ` +
      `${String(bench.runs)}; times in ms; ${cpu?.model ?? "unknown CPU"}`,
  );
  printTable([HEAD, ...scores.map(tableRow)]);
  const ratios = scores.map(hotRatio);
  console.log(`hot geomean: ${geometricMean(ratios).toFixed(2)} × DuckDB's time`);
  console.log(`worst query: ${Math.max(...ratios).toFixed(2)} ×`);
  const cold = scores.map(({ millrace, duckdb }) => millrace.coldMs / duckdb.coldMs);
  console.log(`cold geomean: ${geometricMean(cold).toFixed(2)} ×`);
  return reportWrong(scores);
}

const HEAD = [
  "query",
  "cold",
  "duckdb",
  "hot",
  "±",
  "duckdb",
  "±",
  "ratio",
  "peak MiB",
  "duckdb",
  "answer",
];

function tableRow(scores: QueryScores): readonly string[] {
  const { query, millrace, duckdb } = scores;
  const percent = (values: readonly number[]): string => `${(spread(values) * 100).toFixed(0)}%`;
  return [
    query,
    millrace.coldMs.toFixed(1),
    duckdb.coldMs.toFixed(1),
    median(millrace.hotMs).toFixed(1),
    percent(millrace.hotMs),
    median(duckdb.hotMs).toFixed(1),
    percent(duckdb.hotMs),
    hotRatio(scores).toFixed(2),
    (millrace.peakBytes / MIB).toFixed(0),
    (duckdb.peakBytes / MIB).toFixed(0),
    millrace.wrong === null && duckdb.wrong === null ? "ok" : "WRONG",
  ];
}

function reportWrong(scores: readonly QueryScores[]): number {
  const wrong = scores.flatMap(({ query, millrace, duckdb }) => [
    ...(millrace.wrong === null ? [] : [`${query}, Millrace:\n${millrace.wrong}`]),
    ...(duckdb.wrong === null ? [] : [`${query}, DuckDB:\n${duckdb.wrong}`]),
  ]);
  for (const line of wrong) console.error(line);
  return wrong.length === 0 ? 0 : 1;
}

async function benchLatencyCommand(args: readonly string[]): Promise<number> {
  const options = readOptions(args, ["runs"]);
  const result = await benchLatency(countOption(options, "runs", 2000));
  console.log(`select 1: p50 ${result.p50Ms.toFixed(3)} ms, p99 ${result.p99Ms.toFixed(3)} ms`);
  console.log(`start on an existing data directory: ${(result.startMs / 1000).toFixed(2)} s`);
  return 0;
}

/** Least share of PostgreSQL's rate, and most memory of an idle connection. */
const LEAST_RATE_SHARE = 0.5;
/** Point queries are PostgreSQL's home: they are shown, and not judged. */
const GATED_LOAD = "select 1";
const MOST_IDLE_BYTES = 20_000;

async function benchWireCommand(args: readonly string[]): Promise<number> {
  const options = readOptions(args, ["clients", "seconds", "rounds", "idle"]);
  const bench = {
    clients: countOption(options, "clients", 64),
    seconds: countOption(options, "seconds", 5),
    rounds: countOption(options, "rounds", 3),
    idle: countOption(options, "idle", 500),
  };
  const { rates, idle } = await benchWire(bench);
  console.log(
    `${String(bench.clients)} connections, pgbench -j 1; statements a second, median of ` +
      `${String(bench.rounds)} rounds of ${String(bench.seconds)} s`,
  );
  const rows = rates.map((rate) => [
    rate.load,
    rate.mode,
    median(rate.millrace).toFixed(0),
    median(rate.postgres).toFixed(0),
    rateRatio(rate).toFixed(2),
    rate.processorMicros.toFixed(1),
  ]);
  printTable([["load", "mode", "millrace", "postgres", "ratio", "cpu us"], ...rows]);
  console.log(`server memory of an idle connection, of ${String(bench.idle)}:`);
  for (const { name, bytes } of idle) console.log(`  ${name}: ${(bytes / 1000).toFixed(1)} KB`);
  const ofSelects = rates.filter(({ load }) => load === GATED_LOAD);
  const kept = ofSelects.every((rate) => rateRatio(rate) >= LEAST_RATE_SHARE);
  return kept && idle.every(({ bytes }) => bytes < MOST_IDLE_BYTES) ? 0 : 1;
}

await runMain(async () => {
  const [what, ...args] = process.argv.slice(2);
  switch (what) {
    case "tpch":
      return benchTpchCommand(args);
    case "latency":
      return benchLatencyCommand(args);
    case "wire":
      return benchWireCommand(args);
    default:
      throw new UsageError("usage: npm run bench -- tpch --scale S | latency | wire");
  }
});
