import {
  ALL_PRIVILEGES,
  DATABASE_OBJECT,
  isSystemSchema,
  SERVER_OBJECT,
  type Acl,
  type AclKind,
  type CatalogVersion,
  type Definitions,
  type RelationEntry,
  type SecurityVersion,
} from "../../../catalog/index.js";
import {
  builtInPrivileges,
  columnPrivilegesOnlyOnRelations,
  databaseDoesNotExist,
  grantOptionToPublic,
  grantorMustBeCurrentUser,
  permissionDenied,
  privilegesLeftOut,
  undefinedColumnOfRelation,
  undefinedObjectOfKind,
  undefinedTable,
  type SecuredKind,
  type SqlError,
} from "../../../errors/index.js";
import type { AccessCommand, GrantTarget, PrivilegeChange } from "../../../parser/index.js";
import type { StatementContext } from "../../planner.js";
import { checkServer } from "../utility/foreign-options.js";
import { checkSchemaFound, findRelation, partsOf } from "../utility/object-names.js";
import { bestGrantor, changedAcl } from "./acl-change.js";
import { actorOf, namedRole, type Actor } from "./actor.js";
import { privilegeBits, wholePrivileges, type WantedPrivileges } from "./privilege-words.js";

type GrantCommand = Extract<AccessCommand, { kind: "grant" }>;

/** An object of a GRANT. */
interface Target {
  readonly oid: number;
  readonly kind: Exclude<AclKind, "column">;
  readonly shownKind: SecuredKind;
  readonly name: string;
  /** Of a relation. */
  readonly entry: RelationEntry | undefined;
}

/** GRANT and REVOKE of privileges on objects. */
export function grant(
  command: GrantCommand,
  definitions: Definitions,
  context: StatementContext,
): void {
  definitions.changeSecurity((security) => {
    const version = definitions.current;
    const actor = actorOf(context, security);
    const targets = findTargets(command.target, version, context);
    const grantees = granteesOf(command.change, actor, security);
    if (command.grantor !== undefined) {
      const { oid } = namedRole(command.grantor, actor, security);
      if (oid !== actor.currentUser) throw grantorMustBeCurrentUser();
    }
    if (command.target.kind === "othersInSchemas") checkWords(command);
    let after = security;
    for (const target of targets) {
      after = changeTarget(after, target, command.change, grantees, actor, context.notice);
    }
    return after;
  });
}

/** Privileges that there is nothing to hold on must be the right ones all the same. */
function checkWords({ target, change }: GrantCommand): void {
  if (target.kind !== "othersInSchemas") return;
  const kind = target.objects === "sequence" ? "sequence" : "function";
  for (const clause of change.privileges) {
    if (clause.columns.length > 0) throw columnPrivilegesOnlyOnRelations();
    privilegeBits(clause, kind, target.objects);
  }
}

/** The OIDs of grantees; 0 is PUBLIC. */
export function granteesOf(
  { grantees, grantOption, isGrant }: PrivilegeChange,
  actor: Actor,
  security: SecurityVersion,
): readonly number[] {
  return grantees.map((name) => {
    if (name.kind !== "public") return namedRole(name, actor, security).oid;
    if (grantOption && isGrant) throw grantOptionToPublic();
    return 0;
  });
}

function findTargets(
  target: GrantTarget,
  version: CatalogVersion,
  context: StatementContext,
): readonly Target[] {
  switch (target.kind) {
    case "tables":
      return target.tables.map((table) => {
        const found = findRelation(partsOf(table), version, context);
        checkSchemaFound(found);
        if (found.entry === undefined) throw undefinedTable(found.shown, undefined);
        return relationTarget(found.entry);
      });
    case "tablesInSchemas":
      return target.schemas.flatMap((name) => {
        schemaOid(name, version);
        return version.relationsIn(name).map(relationTarget);
      });
    case "othersInSchemas":
      for (const name of target.schemas) {
        if (isSystemSchema(name)) throw builtInPrivileges(target.objects);
        schemaOid(name, version);
      }
      // No schema has any.
      return [];
    case "schemas":
      return target.names.map((name) => {
        const oid = schemaOid(name, version);
        return { oid, kind: "schema", shownKind: "schema", name, entry: undefined };
      });
    case "databases":
      return target.names.map((name) => {
        if (name !== context.session.database) throw databaseDoesNotExist(name);
        const kind = "database";
        return { oid: DATABASE_OBJECT, kind, shownKind: kind, name, entry: undefined };
      });
    case "servers":
      return target.names.map((name) => {
        checkServer(name);
        const shownKind = "foreign server";
        return { oid: SERVER_OBJECT, kind: "server", shownKind, name, entry: undefined };
      });
  }
}

function relationTarget(entry: RelationEntry): Target {
  const { oid, name } = entry;
  // GRANT calls every relation a table.
  return { oid, kind: "relation", shownKind: "table", name, entry };
}

function schemaOid(name: string, version: CatalogVersion): number {
  const schema = version.schemas.get(name);
  if (schema === undefined) throw undefinedObjectOfKind("schema", name);
  return schema.oid;
}

type Notice = (condition: SqlError) => void;

function changeTarget(
  security: SecurityVersion,
  target: Target,
  change: PrivilegeChange,
  grantees: readonly number[],
  actor: Actor,
  notice: Notice,
): SecurityVersion {
  const { privileges } = change;
  if (target.entry === undefined && privileges.some(({ columns }) => columns.length > 0)) {
    throw columnPrivilegesOnlyOnRelations();
  }
  const wanted = wholePrivileges(privileges, target.kind);
  const columns = columnsWanted(target, change);
  let after = security;
  if (wanted.bits !== 0) {
    after = changeWhole(after, target, change, wanted, grantees, actor, notice);
  }
  for (const [column, bits] of columns) {
    const all = privileges.some(
      ({ name, columns: named }) => name === undefined && named.length > 0,
    );
    const some = { bits, all };
    after = changeColumn(after, target, column, change, some, grantees, actor, notice);
  }
  if (!change.isGrant && target.entry !== undefined && wanted.bits !== 0) {
    // What is taken from the whole relation is taken from its columns as well.
    const bits = wanted.bits & ALL_PRIVILEGES.column;
    for (const column of bits === 0 ? [] : security.columnAcls(target.oid).keys()) {
      const silent = (): void => undefined;
      const every = { bits, all: true };
      after = changeColumn(after, target, column, change, every, grantees, actor, silent);
    }
  }
  return after;
}

/** Columns that clauses name, with their bits. */
function columnsWanted(
  { entry }: Target,
  { privileges }: PrivilegeChange,
): ReadonlyMap<number, number> {
  const wanted = new Map<number, number>();
  for (const clause of privileges) {
    for (const name of clause.columns) {
      const bits = privilegeBits(clause, "column");
      const column = (entry?.columns.findIndex((each) => each.name === name) ?? -1) + 1;
      if (column === 0) throw undefinedColumnOfRelation(name, entry?.name ?? "");
      wanted.set(column, (wanted.get(column) ?? 0) | bits);
    }
  }
  return wanted;
}

function changeWhole(
  security: SecurityVersion,
  target: Target,
  change: PrivilegeChange,
  wanted: WantedPrivileges,
  grantees: readonly number[],
  actor: Actor,
  notice: Notice,
): SecurityVersion {
  const { oid, kind, name } = target;
  const owner = security.ownerOf(oid);
  const acl = security.aclOf(oid, kind);
  const best = bestGrantor(actor.currentUser, wanted.bits, acl, owner, security);
  const bits = wanted.bits & best.available;
  if (bits === 0) {
    const held = security.privileges(actor.currentUser, oid, kind);
    if (held === 0) throw permissionDenied(target.shownKind, name);
  }
  if (bits === 0 || (bits !== wanted.bits && !wanted.all)) {
    notice(privilegesLeftOut(change.isGrant, bits !== 0, name));
  }
  if (bits === 0) return security;
  const { isGrant, grantOption, cascade } = change;
  const settled = { isGrant, privileges: bits, grantees, grantOption, cascade };
  return security.withAcl(oid, changedAcl(acl, settled, best.grantor, owner));
}

function changeColumn(
  security: SecurityVersion,
  target: Target,
  column: number,
  change: PrivilegeChange,
  wanted: WantedPrivileges,
  grantees: readonly number[],
  actor: Actor,
  notice: Notice,
): SecurityVersion {
  const { oid, entry } = target;
  const owner = security.ownerOf(oid);
  const acl = security.columnAcls(oid).get(column) ?? [];
  // Grant options on the relation count for its columns.
  const merged: Acl = [...security.aclOf(oid, "relation"), ...acl];
  const best = bestGrantor(actor.currentUser, wanted.bits, merged, owner, security);
  const bits = wanted.bits & best.available;
  const held =
    security.privileges(actor.currentUser, oid, "relation") |
    security.columnPrivileges(actor.currentUser, oid, column);
  if (bits === 0 && held === 0) throw permissionDenied(target.shownKind, target.name);
  if (bits === 0 || (bits !== wanted.bits && !wanted.all)) {
    const columnName = entry?.columns[column - 1]?.name ?? "";
    notice(privilegesLeftOut(change.isGrant, bits !== 0, target.name, columnName));
  }
  if (bits === 0) return security;
  const { isGrant, grantOption, cascade } = change;
  const settled = { isGrant, privileges: bits, grantees, grantOption, cascade };
  return security.withColumnAcl(oid, column, changedAcl(acl, settled, best.grantor, owner));
}
