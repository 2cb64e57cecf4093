import { parseArgs } from "node:util";
import type { Address } from "../env/index.js";
import { UsageError } from "./usage-error.js";
import {
  parseCatalogUrl,
  parseConnections,
  parseListenAddress,
  parseServerVersion,
  parseSize,
  parseThreads,
} from "./values.js";
import { POSTGRES_VERSION } from "./version.js";

/** What `serve` is to do. */
export interface ServeOptions {
  readonly listen: Address;
  readonly dataDirectory: string;
  /** The PostgreSQL database with the definitions; in the data directory where there is none. */
  readonly catalogUrl?: string;
  /** A PostgreSQL that answers for the system catalogs instead of the one in the process. */
  readonly systemCatalogUrl?: string;
  /** Null: all cores. */
  readonly threads: number | null;
  /** Null: a share of the machine's memory. */
  readonly hostMemoryBytes: number | null;
  /** What server_version tells clients, if not what suits the system catalog. */
  readonly serverVersion?: string;
  /** Whether a first start makes the sample schema. */
  readonly sample: boolean;
  /** Files that say who may connect how; undefined where none was given. */
  readonly access?: AccessOptions;
  /** Most clients at a time; undefined: the usual. */
  readonly maxConnections?: number;
}

/** Paths of files; null where not given. */
export interface AccessOptions {
  /** Rules in pg_hba.conf's syntax. */
  readonly ruleFile: string | null;
  /** Name maps in pg_ident.conf's syntax. */
  readonly identFile: string | null;
  readonly tls: {
    readonly certificate: string;
    readonly key: string;
    readonly clientAuthorities: string | null;
  } | null;
}

export const NO_ACCESS_FILES: AccessOptions = { ruleFile: null, identFile: null, tls: null };

export type Command =
  | { readonly kind: "help" }
  | { readonly kind: "version" }
  | { readonly kind: "serve"; readonly options: ServeOptions };

export const DEFAULT_LISTEN = "127.0.0.1:5433";
export const DEFAULT_DATA_DIRECTORY = "./millrace-data";

export const HELP = `Millrace: SQL over the Postgres protocol.

Usage: millrace [serve] [options]

  --listen HOST:PORT   address to serve (default ${DEFAULT_LISTEN})
  --data-dir DIR       where tables and statistics are kept (default ${DEFAULT_DATA_DIRECTORY})
  --catalog URL        PostgreSQL database to keep definitions in instead, such as
                       postgres://user@host/database (password: PGPASSWORD or ~/.pgpass)
  --system-catalog URL PostgreSQL to answer \\d and its like instead of the one inside, with a
                       superuser and a database of its own, such as postgres://user@host/mirror
  --threads N          worker threads (default: all cores)
  --host-memory SIZE   memory for queries, such as 8GB (default: half of the machine's)
  --max-connections N  most clients at a time (default 1000)
  --hba-file FILE      who may connect how, in the syntax of pg_hba.conf
  --ident-file FILE    who may come as whom, in the syntax of pg_ident.conf
  --tls-cert FILE      the server's certificate (PEM): connections may be encrypted
  --tls-key FILE       the certificate's key (PEM)
  --tls-client-ca FILE who signs clients' certificates (PEM)
  --server-version V   PostgreSQL version to report (default ${POSTGRES_VERSION})
  --no-sample          do not make the TPC-H sample on the first start
  --help               show this
  --version            show the version
`;

/** Options that take no value. */
const FLAGS = new Set(["help", "version", "no-sample"]);
const ACCESS = ["hba-file", "ident-file", "tls-cert", "tls-key", "tls-client-ca"] as const;
const PLAIN = [
  "listen",
  "data-dir",
  "catalog",
  "system-catalog",
  "threads",
  "host-memory",
  "max-connections",
  "server-version",
] as const;
const VALUED = new Set<string>([...PLAIN, ...ACCESS]);

/** Reads the command line (without program and script). Throws UsageError. */
export function parseArguments(args: readonly string[]): Command {
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries([
      ...[...FLAGS].map((name) => [name, { type: "boolean" } as const]),
      ...[...VALUED].map((name) => [name, { type: "string" } as const]),
    ]),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = new Map<string, string>();
  let command: string | null = null;
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") {
      if (command !== null) throw new UsageError(`unexpected argument "${token.value}"`);
      command = token.value;
    } else {
      given.set(token.name, optionValue(token.name, token.rawName, token.value));
    }
  }
  if (given.has("help")) return { kind: "help" };
  if (given.has("version")) return { kind: "version" };
  if (command !== null && command !== "serve") {
    throw new UsageError(`unknown command "${command}"; there is only "serve"`);
  }
  return { kind: "serve", options: serveOptions(given) };
}

function optionValue(name: string, rawName: string, value: string | undefined): string {
  if (FLAGS.has(name)) {
    if (value !== undefined) throw new UsageError(`option --${name} takes no value`);
    return "";
  }
  if (!VALUED.has(name)) throw new UsageError(`unknown option ${rawName}`);
  if (value === undefined || value === "") throw new UsageError(`option --${name} needs a value`);
  return value;
}

function serveOptions(given: ReadonlyMap<string, string>): ServeOptions {
  const catalog = given.get("catalog");
  const system = given.get("system-catalog");
  const version = given.get("server-version");
  const threads = given.get("threads");
  const memory = given.get("host-memory");
  const connections = given.get("max-connections");
  return {
    listen: parseListenAddress("--listen", given.get("listen") ?? DEFAULT_LISTEN),
    dataDirectory: given.get("data-dir") ?? DEFAULT_DATA_DIRECTORY,
    ...(catalog === undefined ? {} : { catalogUrl: parseCatalogUrl("--catalog", catalog) }),
    ...(system === undefined
      ? {}
      : { systemCatalogUrl: parseCatalogUrl("--system-catalog", system) }),
    threads: threads === undefined ? null : parseThreads("--threads", threads),
    hostMemoryBytes: memory === undefined ? null : parseSize("--host-memory", memory),
    ...(version === undefined
      ? {}
      : { serverVersion: parseServerVersion("--server-version", version) }),
    sample: !given.has("no-sample"),
    ...(connections === undefined
      ? {}
      : { maxConnections: parseConnections("--max-connections", connections) }),
    ...(ACCESS.some((name) => given.has(name)) ? { access: accessOptions(given) } : {}),
  };
}

function accessOptions(given: ReadonlyMap<string, string>): AccessOptions {
  const certificate = given.get("tls-cert");
  const key = given.get("tls-key");
  const clientAuthorities = given.get("tls-client-ca") ?? null;
  if ((certificate === undefined) !== (key === undefined)) {
    throw new UsageError("--tls-cert and --tls-key belong together");
  }
  if (clientAuthorities !== null && certificate === undefined) {
    throw new UsageError("--tls-client-ca needs --tls-cert and --tls-key");
  }
  const ruleFile = given.get("hba-file") ?? null;
  const identFile = given.get("ident-file") ?? null;
  if (certificate === undefined || key === undefined) return { ruleFile, identFile, tls: null };
  return { ruleFile, identFile, tls: { certificate, key, clientAuthorities } };
}
