/**
 * npm run tpch -- generate --scale S --out DIR [further options of the generator]
 * npm run tpch -- run --scale S [--url URL] [--threads N] [--queries q01,q06]
 *
 * run makes the files if they are not there, and asks a server of its own, or the one at URL, which
 * must see this machine's files: there the tables become schema tpch_sf<S>.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { answerDifference, knownExactness, type TpchQuery } from "../corpora/tpch/answers.js";
import { MillraceServer } from "../runner/millrace-server.js";
import { SqlConnection } from "../runner/sql-connection.js";
import { ensureTpch, importTpch, TPCH_GENERATOR, tpchFolder } from "../runner/tpch-data.js";
import {
  countOption,
  printTable,
  progress,
  readOptions,
  runMain,
  scaleOption,
  UsageError,
} from "../runner/command-line.js";
import { selectQueries } from "./tpch.js";

async function generate(args: readonly string[]): Promise<number> {
  const child = spawn(TPCH_GENERATOR, args, { stdio: "inherit" });
  const [code] = (await once(child, "close")) as [number | null];
  return code ?? 1;
}

async function run(args: readonly string[]): Promise<number> {
  const options = readOptions(args, ["scale", "url", "threads", "queries"]);
  const scale = scaleOption(options);
  const queries = selectQueries(options.get("queries"));
  const url = options.get("url");
  progress(`TPC-H scale ${scale}: looking for files, generating them if there are none …`);
  const folder = await ensureTpch(scale, tpchFolder(scale), { current: false });
  if (url !== undefined) return runAt(url, scale, folder, queries);
  const threads = options.has("threads") ? { threads: countOption(options, "threads", 1) } : {};
  const server = await MillraceServer.start(threads);
  try {
    return await runAt(server.url, scale, folder, queries);
  } finally {
    await server.stop();
  }
}

async function runAt(
  url: string,
  scale: string,
  folder: string,
  queries: readonly TpchQuery[],
): Promise<number> {
  const connection = await SqlConnection.open(url);
  const schema = `tpch_sf${scale.replace(".", "_")}`;
  await connection.mustRun(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
  await importTpch(connection, folder, schema);
  await connection.mustRun(`SET search_path TO ${schema}`);
  const table: string[][] = [["query", "ms", "rows", "answer"]];
  const wrong: string[] = [];
  for (const [index, query] of queries.entries()) {
    progress(`${query.name} (${String(index + 1)} of ${String(queries.length)}) …`);
    const start = performance.now();
    const outcome = await connection.run(query.sql);
    const time = (performance.now() - start).toFixed(1);
    const rows = outcome.kind === "rows" ? String(outcome.rows.length) : "";
    const problem = judge(query, scale, outcome);
    table.push([query.name, time, rows, problem === null ? knownText(scale) : "WRONG"]);
    if (problem !== null) wrong.push(`${query.name}: ${problem}`);
  }
  progress("");
  await connection.close();
  printTable(table);
  const total = table.slice(1).reduce((sum, row) => sum + Number(row[1]), 0);
  console.log(`total ${(total / 1000).toFixed(2)} s, ${String(wrong.length)} wrong`);
  for (const line of wrong) console.error(line);
  return wrong.length === 0 ? 0 : 1;
}

function judge(
  query: TpchQuery,
  scale: string,
  outcome: Awaited<ReturnType<SqlConnection["run"]>>,
): string | null {
  if (outcome.kind === "error") return `${outcome.sqlstate}: ${outcome.message}`;
  if (outcome.kind === "command") return "no rows";
  const exactness = knownExactness(scale);
  return exactness && answerDifference(query.name, scale, outcome.rows, exactness);
}

function knownText(scale: string): string {
  return knownExactness(scale) === null ? "not known" : "right";
}

await runMain(async () => {
  const [what, ...args] = process.argv.slice(2);
  switch (what) {
    case "generate":
      return generate(args);
    case "run":
      return run(args);
    default:
      throw new UsageError("usage: npm run tpch -- generate --scale S --out DIR | run --scale S");
  }
});
