import { StoredCatalog, StoredMirror, type LiveView } from "../catalog/index.js";
import { Members } from "../cluster/index.js";
import type { ServeOptions } from "../command-line/index.js";
import { Engine, EngineEvaluator } from "../engine/index.js";
import { invariant } from "../errors/index.js";
import { LocalExecutor } from "../executor/index.js";
import { liveViews as liveViewsOf, QueryPlanner, type SharedState } from "../session/index.js";
import type { Machine } from "./machine.js";
import {
  openInnerCatalog,
  openOuterCatalog,
  type OpenedSystemCatalog,
} from "./open-system-catalog.js";
import { makeSample } from "./sample.js";
import type { PlannerRooms, Resources } from "./server.js";

/** The rooms, with the engine for those who look whether it is left clean. */
export interface EngineRooms extends PlannerRooms {
  readonly engine: Engine;
}

/** Opens engine, catalog and executor of a server in one process. */
export async function openRooms(
  options: ServeOptions,
  { threads, hostMemoryBytes }: Resources,
  machine: Machine,
): Promise<EngineRooms> {
  const { clock, random, log } = machine;
  const engine = Engine.start({
    threads,
    hostMemoryBytes,
    temporaryDirectory: options.dataDirectory,
  });
  let catalog: StoredCatalog;
  try {
    const { dataDirectory, catalogUrl } = options;
    const where = catalogUrl === undefined ? { dataDirectory } : { dataDirectory, catalogUrl };
    catalog = await StoredCatalog.open({ ...where, inspector: engine, clock, random, log });
  } catch (error) {
    await engine.close();
    throw error;
  }
  const members = new Members();
  members.join(new LocalExecutor(engine, log));
  const [executor] = members.all;
  invariant(executor !== undefined, "an executor that has just joined");
  const liveViews: LiveView[] = [];
  const mirror = new StoredMirror(catalog);
  let sessions: SharedState | null = null;
  // What it takes to start would be missing to those who query already.
  const isQuiet = (): boolean =>
    sessions?.registry.activities.every(({ state }) => state !== "active") ?? false;
  const { systemCatalogUrl } = options;
  let system: OpenedSystemCatalog;
  try {
    system =
      systemCatalogUrl === undefined
        ? openInnerCatalog(mirror, machine, isQuiet)
        : await openOuterCatalog(systemCatalogUrl, mirror, machine);
  } catch (error) {
    await catalog.close();
    await engine.close();
    throw error;
  }
  const { systemCatalog, serverVersion, shownRole } = system;
  const sample = await makeSample(options, catalog, log);
  return {
    engine,
    planner: new QueryPlanner({
      catalog,
      evaluator: new EngineEvaluator(engine),
      executor,
      inspector: engine,
      tables: engine.tables,
      clock,
      random,
      system: { systemCatalog, liveViews, mirror },
    }),
    logins: catalog.logins(),
    ...(serverVersion === undefined ? {} : { serverVersion }),
    showSessions: (shared) => {
      sessions = shared;
      const roleOid = (name: string): number | null => {
        const role = catalog.definitions.current.security.roleNamed(name);
        return role === undefined ? null : shownRole(role.oid);
      };
      liveViews.push(...liveViewsOf(shared, roleOid));
    },
    news: sample.done,
    close: async () => {
      await sample.stop();
      await systemCatalog.close();
      await catalog.close();
      await engine.close();
    },
  };
}
