import {
  DATABASE_OBJECT,
  SERVER_OBJECT,
  type Acl,
  type CatalogVersion,
} from "../../../catalog/index.js";
import type { StatementContext } from "../../planner.js";
import { describeRelation, quoteName } from "../utility/object-names.js";

/** What a role owns and what it was granted, a line each, as PostgreSQL's messages name it. */
export function dependentsOf(
  role: number,
  version: CatalogVersion,
  context: StatementContext,
): readonly string[] {
  const lines: string[] = [];
  const { security } = version;
  for (const { oid, name } of version.schemas.values()) {
    lines.push(...linesOf(role, oid, `schema ${quoteName(name)}`, version));
  }
  for (const entry of version.relations.values()) {
    const shown = describeRelation(entry, version, context);
    lines.push(...linesOf(role, entry.oid, shown, version));
    for (const [column, acl] of security.columnAcls(entry.oid)) {
      const name = entry.columns[column - 1]?.name ?? "";
      if (mentions(acl, role)) lines.push(`privileges for column ${quoteName(name)} of ${shown}`);
    }
  }
  const database = `database ${quoteName(context.session.database)}`;
  lines.push(...linesOf(role, DATABASE_OBJECT, database, version));
  lines.push(...linesOf(role, SERVER_OBJECT, "server parquet", version));
  for (const { role: owner, schema, kind, acl } of security.defaults) {
    if (owner !== role && !mentions(acl, role)) continue;
    const place = [...version.schemas.values()].find(({ oid }) => oid === schema);
    const where = place === undefined ? "" : ` in schema ${quoteName(place.name)}`;
    const what = `default privileges on new ${kind}s belonging to role ${security.nameOf(owner)}`;
    lines.push(`${owner === role ? "owner of" : "privileges for"} ${what}${where}`);
  }
  return lines;
}

function linesOf(
  role: number,
  oid: number,
  shown: string,
  { security }: CatalogVersion,
): readonly string[] {
  const access = security.objects.get(oid);
  if (access === undefined) return [];
  if (access.owner === role) return [`owner of ${shown}`];
  return mentions(access.acl ?? [], role) ? [`privileges for ${shown}`] : [];
}

function mentions(acl: Acl, role: number): boolean {
  return acl.some(({ grantee, grantor }) => grantee === role || grantor === role);
}
