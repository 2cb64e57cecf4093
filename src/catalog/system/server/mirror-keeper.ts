import type pg from "pg";
import { messageOf } from "../attended-catalog.js";
import type { ServerAddress } from "./server-address.js";

/** Says of a database or a role that it is a mirror's, which may throw it away. */
const LABEL_PROVIDER = "millrace";
const [ROLE_CLASS, DATABASE_CLASS] = [
  "'pg_catalog.pg_authid'::regclass",
  "'pg_catalog.pg_database'::regclass",
];
const OLDEST_MAJOR = 15;
/** A server that was ended a moment ago may still hold the lock. */
const LOCK_TRIES = 20;
const LOCK_WAIT_SECONDS = 0.25;
/** Databases that one connects to in order to make others. */
const MEETING_PLACES = ["postgres", "template1"] as const;

/** What keeps a PostgreSQL from holding the mirror; told to whoever chose it. */
export class UnfitServer extends Error {}

/** A database of the mirror's own, which nothing is in yet. */
export interface FreshDatabase {
  readonly oid: number;
  /** The cluster's other databases: names that this one cannot be given. */
  readonly otherNames: ReadonlySet<string>;
}

/**
 * Keeps the mirror's database and roles apart from whatever else a PostgreSQL holds. A connection to
 * another database of it, which holds the lock for as long as the mirror is ours.
 */
export class MirrorKeeper {
  private constructor(
    private readonly client: pg.Client,
    private readonly address: ServerAddress,
    /** server_version_num. */
    readonly versionNumber: number,
  ) {}

  /** Connects and takes the lock. Rejects with UnfitServer where it should not be used. */
  static async open(
    address: ServerAddress,
    onLost: (reason: Error) => void,
  ): Promise<MirrorKeeper> {
    const client = await meet(address);
    client.on("error", onLost);
    client.on("end", () => onLost(new Error("the connection was closed")));
    try {
      const { rows } = await client.query<{ version: number; superuser: boolean }>(
        `SELECT current_setting('server_version_num')::int AS version, rolsuper AS superuser
         FROM pg_catalog.pg_roles WHERE rolname = current_user`,
      );
      const { version = 0, superuser = false } = rows[0] ?? {};
      if (version < OLDEST_MAJOR * 10_000) {
        throw new UnfitServer(`PostgreSQL ${String(OLDEST_MAJOR)} or newer is needed`);
      }
      if (!superuser) {
        throw new UnfitServer("its user must be a superuser, who alone writes catalogs");
      }
      const keeper = new MirrorKeeper(client, address, version);
      await keeper.lock();
      return keeper;
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
  }

  /** Drops what an earlier mirror left and makes the database anew. */
  async freshDatabase(): Promise<FreshDatabase> {
    const { client } = this;
    const { home } = this.address;
    const labelled = await this.names(
      `SELECT d.datname AS name FROM pg_catalog.pg_database d
       JOIN pg_catalog.pg_shseclabel s ON s.objoid = d.oid AND s.classoid = ${DATABASE_CLASS}
       WHERE s.provider = $1 AND s.label = $2`,
      [LABEL_PROVIDER, home],
    );
    if (labelled.length === 0) await this.checkIsNobodys(home);
    for (const name of new Set([...labelled, home])) {
      await client.query(`DROP DATABASE IF EXISTS ${quoted(name)} WITH (FORCE)`);
    }
    await this.dropOwnRoles();
    await this.createDatabase(home);
    const label = `INSERT INTO pg_catalog.pg_shseclabel (objoid, classoid, provider, label)
      SELECT oid, ${DATABASE_CLASS}, $1, $2::text FROM pg_catalog.pg_database WHERE datname = $2
      RETURNING objoid::int8 AS oid`;
    const { rows } = await client.query<{ oid: string }>(label, [LABEL_PROVIDER, home]);
    const oid = Number(rows[0]?.oid);
    const names = await this.names("SELECT datname AS name FROM pg_catalog.pg_database", []);
    return { oid, otherNames: new Set(names.filter((name) => name !== home)) };
  }

  /** Takes the mirror's roles out of the cluster. */
  async dropOwnRoles(): Promise<void> {
    const own = `SELECT r.oid FROM pg_catalog.pg_authid r WHERE ${ownRole("$1", "$2")}`;
    const parameters = [LABEL_PROVIDER, this.address.home];
    // What they own is in the mirror's database, which is gone or will be.
    await this.client.query("BEGIN");
    for (const sql of [
      `DELETE FROM pg_catalog.pg_auth_members
       WHERE roleid IN (${own}) OR member IN (${own}) OR grantor IN (${own})`,
      `DELETE FROM pg_catalog.pg_db_role_setting WHERE setrole IN (${own})`,
      `DELETE FROM pg_catalog.pg_shdescription
       WHERE classoid = ${ROLE_CLASS} AND objoid IN (${own})`,
      `DELETE FROM pg_catalog.pg_authid WHERE oid IN (${own})`,
      `DELETE FROM pg_catalog.pg_shseclabel
       WHERE classoid = ${ROLE_CLASS} AND provider = $1 AND label = $2`,
    ]) {
      await this.client.query(sql, parameters);
    }
    await this.client.query("COMMIT");
  }

  /** Gives the database another name; nobody may be connecting to it meanwhile. */
  async renameDatabase(oid: number, name: string): Promise<void> {
    const rename = "UPDATE pg_catalog.pg_database SET datname = $2 WHERE oid = $1";
    await this.client.query(rename, [oid, name]);
  }

  /**
   * Marks roles that the mirror is about to write, so that they can be told from others. Rejects where
   * one of their names or OIDs belongs to somebody else.
   */
  async claimRoles(
    roles: readonly { readonly oid: number; readonly name: string }[],
  ): Promise<void> {
    const [oids, names] = [roles.map(({ oid }) => oid), roles.map(({ name }) => name)];
    const taken = await this.names(
      `SELECT r.rolname AS name FROM pg_catalog.pg_authid r
       WHERE (r.oid = ANY($3::oid[]) OR r.rolname = ANY($4::name[])) AND NOT ${ownRole("$1", "$2")}`,
      [LABEL_PROVIDER, this.address.home, oids, names],
    );
    if (taken.length > 0) {
      throw new UnfitServer(
        `role "${taken.join('", "')}" there is in the way of a role of Millrace`,
      );
    }
    // A guest of the same name makes way.
    await this.client.query(
      `DELETE FROM pg_catalog.pg_authid r WHERE r.rolname = ANY($4::name[])
       AND r.oid <> ALL($3::oid[]) AND ${ownRole("$1", "$2")}`,
      [LABEL_PROVIDER, this.address.home, oids, names],
    );
    await this.client.query(
      `INSERT INTO pg_catalog.pg_shseclabel (objoid, classoid, provider, label)
       SELECT o, ${ROLE_CLASS}, $1, $2 FROM pg_catalog.unnest($3::oid[]) o
       WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_shseclabel s WHERE s.objoid = o
         AND s.classoid = ${ROLE_CLASS} AND s.provider = $1)`,
      [LABEL_PROVIDER, this.address.home, oids],
    );
  }

  /** The OID of a superuser there that is none of the mirror's. */
  async foreignSuperuser(name: string): Promise<number | null> {
    const { rows } = await this.client.query<{ oid: string }>(
      `SELECT r.oid::int8 AS oid FROM pg_catalog.pg_authid r
       WHERE r.rolname = $3 AND r.rolsuper AND NOT ${ownRole("$1", "$2")}`,
      [LABEL_PROVIDER, this.address.home, name],
    );
    return rows[0] === undefined ? null : Number(rows[0].oid);
  }

  /** Makes a role for a user that Millrace itself does not know, unless there is one of that name. */
  async welcome(name: string): Promise<void> {
    const exists = "SELECT rolname AS name FROM pg_catalog.pg_roles WHERE rolname = $1";
    if ((await this.names(exists, [name])).length > 0) return;
    await this.client.query("BEGIN");
    try {
      await this.client.query(`CREATE ROLE ${quoted(name)} SUPERUSER LOGIN`);
      await this.client.query(
        `INSERT INTO pg_catalog.pg_shseclabel (objoid, classoid, provider, label)
         SELECT oid, ${ROLE_CLASS}, $1, $2 FROM pg_catalog.pg_authid WHERE rolname = $3`,
        [LABEL_PROVIDER, this.address.home, name],
      );
    } finally {
      await this.client.query("COMMIT");
    }
  }

  /** Asks a process to give up what it does. */
  async cancel(processId: number): Promise<void> {
    await this.client.query("SELECT pg_catalog.pg_cancel_backend($1)", [processId]);
  }

  /** Ends a process, whatever it does. */
  async end(processId: number): Promise<void> {
    await this.client.query("SELECT pg_catalog.pg_terminate_backend($1)", [processId]);
  }

  async ping(): Promise<void> {
    await this.client.query("SELECT 1");
  }

  async close(): Promise<void> {
    await this.client.end();
  }

  private async lock(): Promise<void> {
    // The key is in everybody's view; the text keeps it apart from other programs' keys.
    const key = `millrace mirror ${this.address.home}`;
    const sql =
      "SELECT pg_catalog.pg_try_advisory_lock(pg_catalog.hashtextextended($1, 0)) AS ours";
    for (let tries = LOCK_TRIES; tries > 0; tries--) {
      const { rows } = await this.client.query<{ ours: boolean }>(sql, [key]);
      if (rows[0]?.ours === true) return;
      await this.client.query("SELECT pg_catalog.pg_sleep($1)", [LOCK_WAIT_SECONDS]);
    }
    throw new UnfitServer(`another server keeps its mirror in database "${this.address.home}"`);
  }

  /** A database that exists and is nobody's mirror may only be taken while nothing is in it. */
  private async checkIsNobodys(name: string): Promise<void> {
    const found = await this.names(
      "SELECT datname AS name FROM pg_catalog.pg_database WHERE datname = $1",
      [name],
    );
    if (found.length === 0) return;
    if ([...MEETING_PLACES, "template0"].includes(name)) {
      throw new UnfitServer(`database "${name}" cannot hold it; name one that is Millrace's alone`);
    }
    const client = this.address.client(name);
    client.on("error", () => undefined);
    await client.connect();
    try {
      const { rows } = await client.query<{ used: boolean }>(IS_USED);
      if (rows[0]?.used === false) return;
    } finally {
      await client.end();
    }
    throw new UnfitServer(`database "${name}" is not empty and not Millrace's; name another`);
  }

  /** The collation is that of the engine where the machine has it; else the order is, by its bytes. */
  private async createDatabase(name: string): Promise<void> {
    const template = `CREATE DATABASE ${quoted(name)} TEMPLATE template0 ENCODING 'UTF8'`;
    const builtIn = "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'";
    const locale = this.versionNumber >= 170_000 ? builtIn : "LOCALE_PROVIDER libc";
    try {
      await this.client.query(`${template} ${locale} LOCALE 'C.UTF-8'`);
    } catch {
      await this.client.query(`${template} ${locale} LOCALE 'C'`);
    }
  }

  private async names(sql: string, parameters: readonly unknown[]): Promise<readonly string[]> {
    const { rows } = await this.client.query<{ name: string }>(sql, [...parameters]);
    return rows.map(({ name }) => name);
  }
}

/** Whether a database has anything beyond what CREATE DATABASE puts there. */
const IS_USED = `SELECT
  EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid >= 16384)
  OR EXISTS (SELECT FROM pg_catalog.pg_proc WHERE oid >= 16384)
  OR EXISTS (SELECT FROM pg_catalog.pg_type WHERE oid >= 16384)
  OR EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE oid >= 16384)
  OR EXISTS (SELECT FROM pg_catalog.pg_largeobject_metadata)
  OR EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname <> 'plpgsql') AS used`;

/** That role r was written by a mirror of that home. */
function ownRole(provider: string, home: string): string {
  return `EXISTS (SELECT FROM pg_catalog.pg_shseclabel s WHERE s.objoid = r.oid
    AND s.classoid = ${ROLE_CLASS} AND s.provider = ${provider} AND s.label = ${home})`;
}

async function meet(address: ServerAddress): Promise<pg.Client> {
  const reasons: string[] = [];
  for (const database of MEETING_PLACES) {
    const client = address.client(database);
    client.on("error", () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      reasons.push(messageOf(error));
    }
  }
  throw new Error(reasons[0]);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
