import { spawn, type ChildProcess } from "node:child_process";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { StoredCatalog } from "../catalog/index.js";
import type { ServeOptions } from "../command-line/index.js";
import { nativeProduct } from "../engine/index.js";
import type { Log } from "../env/index.js";

const SETTING = "tpch_sample";
/** What the setting says: a start that was cut off is made up for by the next. */
const [BEGUN, MADE, DECLINED] = ["begun", "made", "declined"];
const SCHEMA = "tpch";
const SCALE = "0.1";
const FOLDER = "tpch-sample";

/** The making of the sample, which goes on beside what the server does. */
export interface SampleWork {
  /** Resolves with what a person should know: that there is a sample now, or why there is none. */
  readonly done: Promise<string | null>;
  /** Gives it up; resolves when nothing of it runs. */
  stop(): Promise<void>;
}

/**
 * On the first start of a data directory: TPC-H at scale 0.1 as schema `tpch`, unless it was declined.
 * Later starts find that it was settled and do nothing.
 */
export async function makeSample(
  options: ServeOptions,
  catalog: StoredCatalog,
  log: Log,
): Promise<SampleWork> {
  const state = catalog.setting(SETTING);
  const begun = state === BEGUN;
  if (state !== undefined && !begun) return settled(null);
  const hasTables = catalog.definitions.current.relationsIn(SCHEMA).length > 0;
  const taken = begun ? hasTables : catalog.hasSchema(SCHEMA);
  if (!options.sample || taken) {
    await catalog.setSetting(SETTING, hasTables && begun ? MADE : DECLINED);
    return settled(null);
  }
  await catalog.setSetting(SETTING, BEGUN);
  let child: ChildProcess | null = null;
  let stopped = false;
  const work = async (): Promise<string | null> => {
    const folder = join(options.dataDirectory, FOLDER);
    const draft = `${folder}.draft`;
    await Promise.all([folder, draft].map((path) => rm(path, { recursive: true, force: true })));
    if (stopped) return null;
    child = spawn(nativeProduct("millrace-tpch"), ["--scale", SCALE, "--out", draft], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    await ended(child);
    // A folder that has its name is whole.
    await rename(draft, folder);
    const ignore = (): void => undefined;
    const everything = { schema: SCHEMA, path: folder, wanted: () => true };
    await catalog.definitions.change(async (definitions) => {
      definitions.createSchema(SCHEMA, true, ignore);
      await definitions.importSchema(everything, ignore);
    });
    await catalog.setSetting(SETTING, MADE);
    return `TPC-H at scale ${SCALE} is there as schema ${SCHEMA}`;
  };
  const done = work().catch((error: unknown) => {
    if (stopped) return null;
    const reason = error instanceof Error ? error.message : String(error);
    log.warn("the TPC-H sample could not be made", { reason });
    return null;
  });
  const stop = async (): Promise<void> => {
    stopped = true;
    child?.kill("SIGTERM");
    await done;
  };
  return { done, stop };
}

function settled(text: string | null): SampleWork {
  return { done: Promise.resolve(text), stop: () => Promise.resolve() };
}

function ended(child: ChildProcess): Promise<void> {
  let problem = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    problem = (problem + text).slice(-1000);
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(problem.trim() || `it ended with ${String(signal ?? code)}`));
    });
  });
}
