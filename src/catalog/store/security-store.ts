import type Database from "libsql";
import type { Acl } from "../security/acl.js";
import type { Membership, Role } from "../security/role.js";
import {
  SecurityVersion,
  type DefaultPrivileges,
  type ObjectAccess,
} from "../security/security-version.js";

type Row = Readonly<Record<string, string | number | null>>;

/** Column 0 of millrace_object_access is the object as a whole. */
const WHOLE = 0;

/** Tables of roles and rights; made in stores that older servers made, too. */
export const SECURITY_SCHEMA = `
CREATE TABLE IF NOT EXISTS millrace_role (role_id BIGINT PRIMARY KEY, name TEXT UNIQUE NOT NULL,
  attributes TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS millrace_role_member (role_id BIGINT, member_id BIGINT,
  grantor_id BIGINT, admin BOOLEAN, PRIMARY KEY (role_id, member_id));
CREATE TABLE IF NOT EXISTS millrace_object_access (object_id BIGINT, column_order BIGINT,
  owner_id BIGINT, acl TEXT, PRIMARY KEY (object_id, column_order));
CREATE TABLE IF NOT EXISTS millrace_default_access (role_id BIGINT, schema_id BIGINT, kind TEXT,
  acl TEXT);
`;

/** Roles and rights on the disk. Every call runs inside a transaction of the metadata store. */
export class SecurityStore {
  constructor(private readonly database: Database.Database) {}

  /** Makes the tables, and what a new data directory starts with. */
  prepare(): void {
    this.database.exec(SECURITY_SCHEMA);
    const [found] = this.all("SELECT count(*) AS count FROM millrace_role");
    if (Number(found?.["count"]) > 0) return;
    const nothing = new SecurityVersion(new Map(), [], new Map(), []);
    this.save(nothing, SecurityVersion.initial());
  }

  load(): SecurityVersion {
    const roles = this.all("SELECT * FROM millrace_role").map((row): Role => {
      const attributes = JSON.parse(text(row["attributes"])) as Omit<Role, "oid" | "name">;
      return { ...attributes, oid: Number(row["role_id"]), name: text(row["name"]) };
    });
    const memberships = this.all("SELECT * FROM millrace_role_member ORDER BY rowid").map(
      (row): Membership => ({
        role: Number(row["role_id"]),
        member: Number(row["member_id"]),
        grantor: Number(row["grantor_id"]),
        admin: Number(row["admin"]) !== 0,
      }),
    );
    const defaults = this.all("SELECT * FROM millrace_default_access ORDER BY rowid").map(
      (row): DefaultPrivileges => ({
        role: Number(row["role_id"]),
        schema: row["schema_id"] === null ? undefined : Number(row["schema_id"]),
        kind: text(row["kind"]) as DefaultPrivileges["kind"],
        acl: JSON.parse(text(row["acl"])) as Acl,
      }),
    );
    const byOid = new Map(roles.map((role) => [role.oid, role]));
    return new SecurityVersion(byOid, memberships, this.loadObjects(), defaults);
  }

  /** Writes what differs. */
  save(before: SecurityVersion, after: SecurityVersion): void {
    if (before === after) return;
    for (const [oid, role] of after.roles) if (before.roles.get(oid) !== role) this.saveRole(role);
    for (const oid of before.roles.keys()) {
      if (!after.roles.has(oid)) this.run("DELETE FROM millrace_role WHERE role_id = ?", oid);
    }
    if (before.memberships !== after.memberships) this.saveMemberships(after.memberships);
    for (const [oid, access] of after.objects) {
      if (before.objects.get(oid) !== access) this.saveObject(oid, access);
    }
    for (const oid of before.objects.keys()) {
      if (!after.objects.has(oid)) this.deleteObject(oid);
    }
    if (before.defaults !== after.defaults) this.saveDefaults(after.defaults);
  }

  private saveRole({ oid, name, ...attributes }: Role): void {
    const sql = "INSERT OR REPLACE INTO millrace_role VALUES (?, ?, ?)";
    this.run(sql, oid, name, JSON.stringify(attributes));
  }

  private saveMemberships(memberships: readonly Membership[]): void {
    this.run("DELETE FROM millrace_role_member");
    for (const { role, member, grantor, admin } of memberships) {
      const sql = "INSERT INTO millrace_role_member VALUES (?, ?, ?, ?)";
      this.run(sql, role, member, grantor, Number(admin));
    }
  }

  private saveObject(oid: number, { owner, acl, columns }: ObjectAccess): void {
    this.deleteObject(oid);
    const sql = "INSERT INTO millrace_object_access VALUES (?, ?, ?, ?)";
    this.run(sql, oid, WHOLE, owner ?? null, acl === undefined ? null : JSON.stringify(acl));
    for (const [column, each] of columns) this.run(sql, oid, column, null, JSON.stringify(each));
  }

  private deleteObject(oid: number): void {
    this.run("DELETE FROM millrace_object_access WHERE object_id = ?", oid);
  }

  private saveDefaults(defaults: readonly DefaultPrivileges[]): void {
    this.run("DELETE FROM millrace_default_access");
    for (const { role, schema, kind, acl } of defaults) {
      const sql = "INSERT INTO millrace_default_access VALUES (?, ?, ?, ?)";
      this.run(sql, role, schema ?? null, kind, JSON.stringify(acl));
    }
  }

  private loadObjects(): ReadonlyMap<number, ObjectAccess> {
    const objects = new Map<number, ObjectAccess>();
    const sql = "SELECT * FROM millrace_object_access ORDER BY object_id, column_order";
    for (const row of this.all(sql)) {
      const oid = Number(row["object_id"]);
      const column = Number(row["column_order"]);
      const acl = row["acl"] === null ? undefined : (JSON.parse(text(row["acl"])) as Acl);
      const before = objects.get(oid);
      if (column === WHOLE) {
        const owner = row["owner_id"] === null ? undefined : Number(row["owner_id"]);
        objects.set(oid, { owner, acl, columns: new Map() });
      } else if (before !== undefined && acl !== undefined) {
        objects.set(oid, { ...before, columns: new Map(before.columns).set(column, acl) });
      }
    }
    return objects;
  }

  private all(sql: string): readonly Row[] {
    return this.database.prepare<unknown[]>(sql).all() as readonly Row[];
  }

  private run(sql: string, ...values: readonly (string | number | null)[]): void {
    this.database.prepare<unknown[]>(sql).run(...values);
  }
}

function text(value: string | number | null | undefined): string {
  return String(value ?? "");
}
