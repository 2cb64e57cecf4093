import {
  DATABASE_OBJECT,
  SERVER_OBJECT,
  withOwner,
  type Acl,
  type CatalogVersion,
  type Definitions,
  type RelationEntry,
  type SecurityVersion,
} from "../../../catalog/index.js";
import {
  databaseDoesNotExist,
  mustBeOwner,
  objectMissingSkipping,
  objectsOfRoleDenied,
  undefinedObjectOfKind,
  undefinedTable,
  wrongKindOfRelation,
  type SqlError,
} from "../../../errors/index.js";
import type { AccessCommand, RoleName } from "../../../parser/index.js";
import type { StatementContext } from "../../planner.js";
import { checkServer } from "../utility/foreign-options.js";
import { checkSchemaFound, describeRelation, findRelation } from "../utility/object-names.js";
import { actorOf, namedRole } from "./actor.js";
import { Rights } from "./rights.js";

type Command<K extends AccessCommand["kind"]> = Extract<AccessCommand, { kind: K }>;

/** ALTER … OWNER TO. */
export function alterOwner(
  command: Command<"alterOwner">,
  definitions: Definitions,
  context: StatementContext,
): void {
  const version = definitions.current;
  const oid = ownedObject(command, version, context);
  if (oid === undefined) return;
  definitions.changeSecurity((security) => {
    const actor = actorOf(context, security);
    const owner = namedRole(command.owner, actor, security).oid;
    const rights = Rights.of(context, version);
    if (owner === security.ownerOf(oid)) return security;
    if (!security.isSuperuser(actor.currentUser)) {
      rights.checkMemberOf(owner);
      checkNewOwner(command, owner, version, context);
    }
    return withNewOwner(security, oid, owner);
  });
}

/** The object, which the current user must own; undefined where it is missing and may be. */
function ownedObject(
  { objectType, name, ifExists }: Command<"alterOwner">,
  version: CatalogVersion,
  context: StatementContext,
): number | undefined {
  const rights = Rights.of(context, version);
  const last = name.at(-1) ?? "";
  switch (objectType) {
    case "schema": {
      const schema = version.schemas.get(last);
      if (schema === undefined) throw undefinedObjectOfKind("schema", last);
      rights.checkOwnsSchema(schema);
      return schema.oid;
    }
    case "database":
      if (last !== context.session.database) throw databaseDoesNotExist(last);
      rights.checkOwnsDatabase();
      return DATABASE_OBJECT;
    case "server":
      checkServer(last);
      if (!rights.owns(SERVER_OBJECT)) throw mustBeOwner("foreign server", last);
      return SERVER_OBJECT;
    case "table":
    case "foreignTable":
    case "view": {
      const found = findRelation(name, version, context);
      const { entry } = found;
      if (entry === undefined) {
        if (!ifExists) {
          checkSchemaFound(found);
          throw undefinedTable(found.shown, undefined);
        }
        context.notice(objectMissingSkipping("table", last));
        return undefined;
      }
      checkKind(entry, objectType);
      rights.checkOwns(entry);
      return entry.oid;
    }
  }
}

function checkKind(entry: RelationEntry, wanted: "table" | "foreignTable" | "view"): void {
  if (wanted === "view" && entry.kind !== "view") throw wrongKindOfRelation(entry.name, "view");
  if (wanted === "foreignTable" && entry.kind !== "table") {
    throw wrongKindOfRelation(entry.name, "foreign table");
  }
}

/** The new owner must be able to make such an object there. */
function checkNewOwner(
  { objectType, name }: Command<"alterOwner">,
  owner: number,
  version: CatalogVersion,
  context: StatementContext,
): void {
  const rights = Rights.of(context, version);
  const theirs = new Rights(version, owner, context.session.database);
  if (objectType === "schema") rights.checkCreatesSchemas();
  else if (objectType !== "database" && objectType !== "server") {
    const { entry } = findRelation(name, version, context);
    if (entry !== undefined) theirs.checkCreatesIn(entry.schema);
  }
}

function withNewOwner(security: SecurityVersion, oid: number, owner: number): SecurityVersion {
  const before = security.ownerOf(oid);
  const { acl, columns } = security.access(oid);
  const renamed = new Map([...columns].map(([at, each]) => [at, withOwner(each, before, owner)]));
  return security.withObject(oid, {
    owner,
    acl: acl === undefined ? undefined : withOwner(acl, before, owner),
    columns: renamed,
  });
}

/** Every object of the catalog that can have an owner. */
function allObjects(version: CatalogVersion): readonly number[] {
  const schemas = [...version.schemas.values()].map(({ oid }) => oid);
  return [...schemas, ...version.relations.keys(), DATABASE_OBJECT, SERVER_OBJECT];
}

function rolesWithRights(
  names: readonly RoleName[],
  security: SecurityVersion,
  context: StatementContext,
  verb: "reassign" | "drop",
): readonly number[] {
  const actor = actorOf(context, security);
  return names.map((name) => {
    const { oid } = namedRole(name, actor, security);
    if (!security.hasRightsOf(actor.currentUser, oid)) throw objectsOfRoleDenied(verb);
    return oid;
  });
}

export function reassignOwned(
  { roles, owner }: Command<"reassignOwned">,
  definitions: Definitions,
  context: StatementContext,
): void {
  definitions.changeSecurity((security) => {
    const from = rolesWithRights(roles, security, context, "reassign");
    const [to = 0] = rolesWithRights([owner], security, context, "reassign");
    let after = security;
    for (const oid of allObjects(definitions.current)) {
      if (from.includes(security.ownerOf(oid))) after = withNewOwner(after, oid, to);
    }
    return after;
  });
}

/** Drops what the roles own, then takes back all that was granted to them. */
export function dropOwned(
  { roles, cascade }: Command<"dropOwned">,
  definitions: Definitions,
  context: StatementContext,
): void {
  const version = definitions.current;
  const { security } = version;
  const owners = rolesWithRights(roles, security, context, "drop");
  const isOwned = ({ oid }: { readonly oid: number }): boolean =>
    owners.includes(security.ownerOf(oid));
  const schemas = [...version.schemas.values()].filter(isOwned);
  const relations = [...version.relations.values()].filter(isOwned);
  if (schemas.length + relations.length > 0) {
    const describe = (entry: RelationEntry): string => describeRelation(entry, version, context);
    definitions.drop(schemas, relations, cascade, describe, (each: SqlError) =>
      context.notice(each),
    );
  }
  definitions.changeSecurity((left) => withoutGrantsTo(left, owners));
}

function withoutGrantsTo(security: SecurityVersion, roles: readonly number[]): SecurityVersion {
  const isKept = ({ grantee, grantor }: Acl[number]): boolean =>
    !roles.includes(grantee) && !roles.includes(grantor);
  let after = security;
  for (const [oid, { owner, acl, columns }] of security.objects) {
    const kept = acl?.filter(isKept);
    const keptColumns = [...columns].map(([at, each]) => [at, each.filter(isKept)] as const);
    const left = new Map(keptColumns.filter(([, each]) => each.length > 0));
    after = after.withObject(oid, { owner, acl: kept, columns: left });
  }
  const defaults = security.defaults
    .filter(({ role }) => !roles.includes(role))
    .map((rule) => ({ ...rule, acl: rule.acl.filter(isKept) }));
  return after.withDefaults(defaults);
}
