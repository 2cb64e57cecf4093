import {
  PglitePlace,
  SETTINGS_FUNCTION,
  StoredCatalog,
  StoredMirror,
  SupervisedCatalog,
  type LiveView,
} from "../catalog/index.js";
import { Members } from "../cluster/index.js";
import type { ServeOptions } from "../command-line/index.js";
import { Engine, EngineEvaluator, nativeProduct } from "../engine/index.js";
import { invariant } from "../errors/index.js";
import { LocalExecutor } from "../executor/index.js";
import {
  ACTIVITY_FUNCTION,
  liveViews as liveViewsOf,
  LOCK_FUNCTION,
  QueryPlanner,
  type SharedState,
} from "../session/index.js";
import { FIRST_STATEMENTS } from "./first-statements.js";
import type { Machine } from "./machine.js";
import { makeSample } from "./sample.js";
import type { PlannerRooms, Resources } from "./server.js";

/** The system catalog's data directory to begin with, made when the server is built. */
const CATALOG_IMAGE = "system-catalog.tar";

/** The rooms, with the engine for those who look whether it is left clean. */
export interface EngineRooms extends PlannerRooms {
  readonly engine: Engine;
}

/** Opens engine, catalog and executor of a server in one process. */
export async function openRooms(
  options: ServeOptions,
  { threads, hostMemoryBytes }: Resources,
  { clock, random, log }: Machine,
): Promise<EngineRooms> {
  const engine = Engine.start({ threads, hostMemoryBytes });
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
  const systemCatalog = new SupervisedCatalog({
    place: new PglitePlace(nativeProduct(CATALOG_IMAGE)),
    source: mirror,
    liveFunctions: [SETTINGS_FUNCTION, ACTIVITY_FUNCTION, LOCK_FUNCTION],
    clock,
    log,
  });
  let sessions: SharedState | null = null;
  // What it takes to start would be missing to those who query already.
  systemCatalog.begin(FIRST_STATEMENTS, () => {
    return sessions?.registry.activities.every(({ state }) => state !== "active") ?? false;
  });
  const sample = await makeSample(options, catalog, log);
  return {
    engine,
    planner: new QueryPlanner({
      catalog,
      evaluator: new EngineEvaluator(engine),
      executor,
      clock,
      random,
      system: { systemCatalog, liveViews, mirror },
    }),
    logins: catalog.logins(),
    showSessions: (shared) => {
      sessions = shared;
      const roleOid = (name: string): number | null =>
        catalog.definitions.current.security.roleNamed(name)?.oid ?? null;
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
