/**
 * npm run sql -- COMMAND [FILES or FOLDERS, default all]
 *
 *   record            write PostgreSQL's answers into .slt files
 *   record --millrace write Millrace's into the blocks that only it runs (explain, millrace)
 *   check             compare the files with a live PostgreSQL
 *   run [--configuration NAME | --configuration all]
 *                     run the files on Millrace
 *   postgres          start the private PostgreSQL with all fixtures and wait for Ctrl-C
 */
import { readFile, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { relative, resolve } from "node:path";
import { runMain, UsageError } from "./command-line.js";
import { CONFIGURATIONS } from "./configurations.js";
import { startMillrace, startPostgres, type Environment } from "./environment.js";
import { record } from "./recorder.js";
import { ROOT } from "./repository.js";
import { runFile } from "./run-file.js";
import { blocksOf, parseSlt, printSlt } from "./slt-file.js";
import { sltFiles } from "./slt-tree.js";

const USAGE = "usage: npm run sql -- record [--millrace] | check | run | postgres  [files]";

async function main(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  const { configuration, flags, paths } = readArguments(rest);
  const files = paths.length === 0 ? sltFiles() : paths.flatMap(expand);
  switch (command) {
    case "record":
      return withServer(flags.has("--millrace") ? startMillrace : startPostgres, (server) =>
        recordFiles(files, server),
      );
    case "check":
      return withServer(startPostgres, (server) => runFiles(files, server, [undefined]));
    case "run": {
      const wanted = CONFIGURATIONS.filter(
        ({ name }) => configuration === "all" || name === (configuration ?? "cpu"),
      );
      if (wanted.length === 0) throw new UsageError(`no configuration ${String(configuration)}`);
      return withServer(startMillrace, (server) => runFiles(files, server, wanted));
    }
    case "postgres":
      return withServer(startPostgres, async (server) => {
        console.log(`${server.url}   (schemas data and tpch; Ctrl-C ends it)`);
        await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
        return 0;
      });
    default:
      throw new UsageError(USAGE);
  }
}

interface Arguments {
  readonly configuration: string | undefined;
  readonly flags: ReadonlySet<string>;
  readonly paths: readonly string[];
}

function readArguments(args: readonly string[]): Arguments {
  const at = args.indexOf("--configuration");
  const configuration = at < 0 ? undefined : args[at + 1];
  const rest = at < 0 ? args : [...args.slice(0, at), ...args.slice(at + 2)];
  const flags = new Set(rest.filter((word) => word.startsWith("--")));
  return { configuration, flags, paths: rest.filter((word) => !word.startsWith("--")) };
}

function expand(path: string): readonly string[] {
  const wanted = relative(ROOT, resolve(path));
  const found = sltFiles().filter((file) => file === wanted || file.startsWith(`${wanted}/`));
  if (found.length === 0) throw new UsageError(`no .slt file at ${path}`);
  return found;
}

async function withServer(
  start: () => Promise<Environment>,
  work: (server: Environment) => Promise<number>,
): Promise<number> {
  console.error("starting the server and loading fixtures …");
  const server = await start();
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

async function recordFiles(files: readonly string[], server: Environment): Promise<number> {
  for (const path of files) {
    const text = await readFile(resolve(ROOT, path), "utf8");
    const result = await record(parseSlt(path, text), server);
    const printed = printSlt(result);
    if (printed !== text) await writeFile(resolve(ROOT, path), printed);
    const count = blocksOf(result).length;
    console.log(
      `${printed === text ? "same    " : "recorded"} ${path} (${String(count)} statements)`,
    );
  }
  return 0;
}

async function runFiles(
  files: readonly string[],
  server: Environment,
  configurations: readonly ((typeof CONFIGURATIONS)[number] | undefined)[],
): Promise<number> {
  let failed = 0;
  for (const configuration of configurations) {
    for (const path of files) {
      const file = parseSlt(path, await readFile(resolve(ROOT, path), "utf8"));
      if (configuration && file.skips.has(configuration.name)) continue;
      const failures = await runFile(file, server, configuration);
      const where = configuration === undefined ? "" : ` [${configuration.name}]`;
      console.log(`${failures.length === 0 ? "ok    " : "FAILED"} ${path}${where}`);
      for (const failure of failures) console.log(failure);
      if (failures.length > 0) failed += 1;
    }
  }
  return failed === 0 ? 0 : 1;
}

await runMain(() => main(process.argv.slice(2)));
