import pg from "pg";
import {
  REPLY_TAG,
  ServerAddress,
  ServerCatalog,
  type MirrorState,
  type ServerCatalogOptions,
  type SystemCatalog,
} from "../../src/catalog/index.js";
import { NodeClock } from "../../src/env/node/index.js";
import { RecordingLog } from "../../src/testing/recording-log.js";
import type { PostgresRelease } from "../runner/postgres-release.js";
import { PostgresServer } from "../runner/postgres-server.js";

export const HOME = "mirror";
const BOOTSTRAP = 10;
const UNOWNED = { ownerOid: undefined, acl: undefined };

export type Table = Extract<MirrorState["relations"][number], { kind: "table" }>;
type View = Extract<MirrorState["relations"][number], { kind: "view" }>;
type Role = NonNullable<MirrorState["roles"]>[number];
export type Frame = Parameters<SystemCatalog["run"]>[0]["frame"];

export function column(name: string, typeOid: number, typeText: string): Table["columns"][number] {
  return {
    name,
    typeOid,
    typeText,
    typmod: -1,
    nullable: true,
    comment: undefined,
    acl: undefined,
  };
}

export const TABLE: Table = {
  ...UNOWNED,
  kind: "table",
  oid: 16390,
  schemaOid: 16388,
  schema: "shop",
  name: "orders",
  columns: [column("id", 23, "integer"), column("note", 25, "text")],
  comment: "all orders",
  options: ["path=/data/orders"],
  rowCount: 42,
  sizeBytes: 20_000,
};
const VIEW: View = {
  ...UNOWNED,
  kind: "view",
  oid: 16391,
  schemaOid: 2200,
  schema: "public",
  name: "totals",
  columns: [column("id", 23, "integer"), column("n", 20, "bigint")],
  comment: undefined,
  queryText: "select id, count(*) as n from orders group by id",
  searchPath: ["shop"],
  reads: [16390],
};

export function role(
  oid: number,
  name: string,
  superuser = false,
  memberOf: readonly number[] = [],
): Role {
  return {
    oid,
    name,
    superuser,
    login: true,
    inherit: true,
    createRole: false,
    createDatabase: false,
    replication: false,
    bypassRowSecurity: false,
    connectionLimit: -1,
    memberOf,
    comment: undefined,
  };
}

export const STATE: MirrorState = {
  schemas: [
    { ...UNOWNED, oid: 2200, name: "public", comment: undefined },
    { ownerOid: 16401, acl: ["ann=UC/ann"], oid: 16388, name: "shop", comment: "the shop" },
  ],
  relations: [VIEW, TABLE],
  roles: [
    role(BOOTSTRAP, "millrace", true),
    role(16401, "ann"),
    role(16402, "joe", false, [16401]),
  ],
};

/** A session that asks. */
export const FRAME: Frame = {
  user: "millrace",
  role: "none",
  database: "market",
  backendPid: 4711,
  versionText: "PostgreSQL 14.20 (test)",
  serverVersion: "14.20",
  serverVersionNumber: "140020",
  settings: new Map([["search_path", "shop, public"]]),
  live: new Map(),
};

/** A PostgreSQL with a mirror of `STATE`, or of what it is told to show. */
export class CatalogStand {
  private state = STATE;
  private version = 1;

  private constructor(
    readonly postgres: PostgresServer,
    /** Connected to another database than the mirror's. */
    readonly admin: pg.Client,
    public catalog: ServerCatalog | null,
  ) {}

  static async start(release: PostgresRelease): Promise<CatalogStand> {
    const postgres = await PostgresServer.start({ release });
    const admin = new pg.Client(postgres.url);
    await admin.connect();
    return new CatalogStand(postgres, admin, null);
  }

  async stop(): Promise<void> {
    await this.catalog?.close();
    await this.admin.end();
    await this.postgres.stop();
  }

  url(database: string): string {
    return this.postgres.url.replace(/\w+$/, database);
  }

  /** Another mirror of the same; the caller closes it. */
  other(home = HOME, more: Partial<ServerCatalogOptions> = {}): Promise<ServerCatalog> {
    const stated = (): string => String(this.version);
    return ServerCatalog.open({
      address: new ServerAddress(this.url(home)),
      source: {
        get mirrorVersion() {
          return stated();
        },
        mirrorState: () => Promise.resolve(this.state),
      },
      liveFunctions: ["pg_show_all_settings", "pg_stat_get_activity"],
      clock: new NodeClock(),
      log: new RecordingLog(),
      ...more,
    });
  }

  /** Ends the mirror that is there, and makes one. */
  async reopen(more: Partial<ServerCatalogOptions> = {}): Promise<void> {
    await this.catalog?.close();
    this.catalog = await this.other(HOME, more);
  }

  show(state: MirrorState): void {
    this.state = state;
    this.version += 1;
  }

  /** Rows of a catalog query, each in one text. */
  async rows(
    sql: string,
    frame: Partial<Frame> = {},
    signal = new AbortController().signal,
    from: SystemCatalog | null = this.catalog,
  ): Promise<readonly string[]> {
    if (from === null) throw new Error("no catalog is open");
    const { reply, messages } = await from.run({
      frame: { ...FRAME, ...frame },
      signal,
      fill: (batch) => void batch.parse("", sql).bind("", []).execute(),
    });
    return messages
      .filter(({ tag }) => tag === REPLY_TAG.dataRow)
      .map((message) =>
        reply
          .values(message)
          .map((value) => value ?? "NULL")
          .join("|"),
      );
  }
}
