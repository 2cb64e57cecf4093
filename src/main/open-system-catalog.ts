import {
  PglitePlace,
  ServerAddress,
  ServerCatalog,
  SETTINGS_FUNCTION,
  SupervisedCatalog,
  type MirrorSource,
  type SystemCatalog,
} from "../catalog/index.js";
import { reportedVersion } from "../command-line/index.js";
import { nativeProduct } from "../engine/index.js";
import { ACTIVITY_FUNCTION, LOCK_FUNCTION } from "../session/index.js";
import { FIRST_STATEMENTS } from "./first-statements.js";
import type { Machine } from "./machine.js";

/** The system catalog's data directory to begin with, made when the server is built. */
const CATALOG_IMAGE = "system-catalog.tar";
const LIVE_FUNCTIONS = [SETTINGS_FUNCTION, ACTIVITY_FUNCTION, LOCK_FUNCTION] as const;

/** A system catalog with what else hangs on its place. */
export interface OpenedSystemCatalog {
  readonly systemCatalog: SystemCatalog;
  /** What server_version tells; undefined is the usual. */
  readonly serverVersion: string | undefined;
  /** The OID by which it shows a role. */
  readonly shownRole: (oid: number) => number;
}

/** The PostgreSQL in this process, which starts when it is needed or `isQuiet`. */
export function openInnerCatalog(
  source: MirrorSource,
  { clock, log }: Machine,
  isQuiet: () => boolean,
): OpenedSystemCatalog {
  const systemCatalog = new SupervisedCatalog({
    place: new PglitePlace(nativeProduct(CATALOG_IMAGE)),
    source,
    liveFunctions: LIVE_FUNCTIONS,
    clock,
    log,
  });
  systemCatalog.begin(FIRST_STATEMENTS, isQuiet);
  return { systemCatalog, serverVersion: undefined, shownRole: (oid) => oid };
}

/** A PostgreSQL elsewhere. Rejects with the reason where it is not there or not fit. */
export async function openOuterCatalog(
  url: string,
  source: MirrorSource,
  { clock, log }: Machine,
): Promise<OpenedSystemCatalog> {
  const address = new ServerAddress(url);
  const options = { address, source, liveFunctions: LIVE_FUNCTIONS, clock, log };
  const systemCatalog = await ServerCatalog.open(options).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`the system catalog cannot be kept in ${address.title}: ${reason}`);
  });
  return {
    systemCatalog,
    serverVersion: reportedVersion(systemCatalog.serverVersion),
    shownRole: (oid) => systemCatalog.shownRole(oid),
  };
}
