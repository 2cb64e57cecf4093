import { Batch, textParameter } from "../wire/batch.js";
import type { CatalogLink } from "../link.js";
import { BOOTSTRAP_ROLE } from "./catalog-rows.js";
import { PREDEFINED } from "../../security/role.js";
import { exchange } from "./exchange.js";
import type { MirrorRole } from "./mirror-state.js";
import type { Template } from "./template.js";

/** Roles of the engine as roles of the catalog's PostgreSQL. */
export class RoleMirror {
  /** Names that a session may take. */
  private readonly names = new Set<string>();
  private applied = new Map<number, string>();

  constructor(
    private readonly link: CatalogLink,
    private readonly template: Template,
  ) {}

  /** Whether there is certainly a role of that name. */
  knows(name: string): boolean {
    return this.names.has(name);
  }

  /** Sees to it that there is a role of that name: a superuser, where the engine keeps no roles. */
  async ensure(name: string): Promise<void> {
    if (this.names.has(name)) return;
    const quoted = `"${name.replaceAll('"', '""')}"`;
    const reply = await exchange(
      this.link,
      new Batch()
        .parse("", "SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = $1")
        .bind("", [textParameter(name)])
        .execute()
        .sync(),
    );
    if (reply.rows().length === 0) {
      const create = new Batch().parse("", `CREATE ROLE ${quoted} SUPERUSER LOGIN`);
      await exchange(this.link, create.bind("", []).execute().sync());
    }
    this.names.add(name);
  }

  /** Makes the roles those given; the bootstrap superuser always stays. */
  async apply(roles: readonly MirrorRole[]): Promise<void> {
    const prints = new Map(roles.map((role) => [role.oid, JSON.stringify(role)]));
    const stale = [...this.applied].filter(([oid, print]) => prints.get(oid) !== print);
    const fresh = roles.filter(({ oid }) => this.applied.get(oid) !== prints.get(oid));
    if (stale.length === 0 && fresh.length === 0) return;
    const batch = new Batch();
    const oids = stale.map(([oid]) => oid).filter((oid) => oid !== BOOTSTRAP_ROLE);
    this.erase(batch, [...oids, ...fresh.map(({ oid }) => oid)]);
    const added = fresh.filter(({ oid }) => oid !== BOOTSTRAP_ROLE);
    this.write(batch, added);
    const bootstrap = fresh.find(({ oid }) => oid === BOOTSTRAP_ROLE);
    if (bootstrap !== undefined) {
      const rename = "UPDATE pg_catalog.pg_authid SET rolname = $1 WHERE oid = 10";
      batch
        .parse("", rename)
        .bind("", [textParameter(bootstrap.name)])
        .execute();
    }
    // Memberships name both sides, so all of them follow once the roles are there.
    this.writeMemberships(batch, roles);
    await exchange(this.link, batch.sync());
    this.applied = prints;
    this.names.clear();
    for (const { name } of roles) this.names.add(name);
  }

  private erase(batch: Batch, oids: readonly number[]): void {
    const list = textParameter(`{${oids.filter((oid) => oid !== BOOTSTRAP_ROLE).join(",")}}`);
    for (const sql of [
      `DELETE FROM pg_catalog.pg_shdescription WHERE objoid = ANY($1::oid[])
         AND classoid = ${String(this.template.classes.pg_authid)}`,
      "DELETE FROM pg_catalog.pg_authid WHERE oid = ANY($1::oid[])",
    ]) {
      batch.parse("", sql).bind("", [list]).execute();
    }
  }

  private write(batch: Batch, roles: readonly MirrorRole[]): void {
    const rows = roles.map((role) => ({
      oid: role.oid,
      rolname: role.name,
      rolsuper: role.superuser,
      rolcanlogin: role.login,
      rolinherit: role.inherit,
      rolcreaterole: role.createRole,
      rolcreatedb: role.createDatabase,
      rolreplication: role.replication,
      rolbypassrls: role.bypassRowSecurity,
      rolconnlimit: role.connectionLimit,
    }));
    const sql = `INSERT INTO pg_catalog.pg_authid SELECT r.* FROM
      pg_catalog.jsonb_array_elements($2::jsonb) e,
      LATERAL pg_catalog.jsonb_populate_record(NULL::pg_catalog.pg_authid, $1::jsonb || e) r`;
    const values = [this.template.role, rows].map((value) => textParameter(JSON.stringify(value)));
    batch.parse("", sql).bind("", values).execute();
    const comments = roles.flatMap(({ oid, comment }) => {
      return comment === undefined ? [] : [{ oid, comment }];
    });
    const comment = `INSERT INTO pg_catalog.pg_shdescription
      SELECT (e->>'oid')::oid, ${String(this.template.classes.pg_authid)}, e->>'comment'
      FROM pg_catalog.jsonb_array_elements($1::jsonb) e`;
    batch
      .parse("", comment)
      .bind("", [textParameter(JSON.stringify(comments))])
      .execute();
  }

  private writeMemberships(batch: Batch, roles: readonly MirrorRole[]): void {
    // The columns of pg_auth_members differ between releases; GRANT writes them all.
    const clear = `DELETE FROM pg_catalog.pg_auth_members
      WHERE roleid >= 16384 OR member >= 16384`;
    batch.parse("", clear).bind("", []).execute();
    const names = new Map(roles.map(({ oid, name }) => [oid, name]));
    for (const [name, oid] of Object.entries(PREDEFINED)) names.set(oid, name);
    for (const { name, memberOf } of roles) {
      for (const group of memberOf) {
        const granted = names.get(group);
        if (granted === undefined) continue;
        const [role, member] = [granted, name].map((one) => `"${one.replaceAll('"', '""')}"`);
        batch
          .parse("", `GRANT ${role ?? ""} TO ${member ?? ""}`)
          .bind("", [])
          .execute();
      }
    }
  }
}
