import type {
  AlterDefaultPrivilegesStmt,
  AlterOwnerStmt,
  AlterTableStmt,
  DropOwnedStmt,
  GrantStmt,
  Node,
  ObjectType,
  ReassignOwnedStmt,
} from "libpg-query";
import type {
  AccessControl,
  DefaultedObjects,
  GrantTarget,
  OwnedObjectType,
  PrivilegeChange,
  PrivilegeClause,
  QualifiedName,
  Statement,
} from "../ast/index.js";
import { bodyIf, itemsOf, stringsOf } from "../grammar/node.js";
import { freeze, type Lowering } from "./context.js";
import { lowerTableName } from "./from.js";
import { objectTag } from "./object-type.js";
import { accessControl, lowerRoleName, lowerRoleNames } from "./role.js";
import { unsupported } from "./unsupported.js";

/** GRANT and REVOKE on what the tree has words for; anything else is `unsupported`. */
export function lowerGrant(raw: GrantStmt, context: Lowering): AccessControl | Statement {
  const target = grantTarget(raw, context);
  if (target === undefined) return unsupported({ GrantStmt: raw });
  return accessControl(raw.is_grant === true ? "GRANT" : "REVOKE", {
    kind: "grant",
    target,
    change: privilegeChange(raw, context),
    grantor: raw.grantor === undefined ? undefined : lowerRoleName(raw.grantor, context),
  });
}

function grantTarget(raw: GrantStmt, context: Lowering): GrantTarget | undefined {
  if (raw.targtype === "ACL_TARGET_ALL_IN_SCHEMA") {
    const schemas = stringsOf(raw.objects);
    const type = raw.objtype ?? "OBJECT_TABLE";
    if (type === "OBJECT_TABLE") return freeze({ kind: "tablesInSchemas", schemas });
    const objects = ALL_IN_SCHEMA[type];
    return objects && freeze({ kind: "othersInSchemas", objects, schemas });
  }
  switch (raw.objtype) {
    case "OBJECT_TABLE": {
      const tables = context.list(raw.objects, (node) =>
        lowerTableName(bodyIf("RangeVar", node) ?? {}, context),
      );
      return freeze({ kind: "tables", tables });
    }
    case "OBJECT_SCHEMA":
      return freeze({ kind: "schemas", names: stringsOf(raw.objects) });
    case "OBJECT_DATABASE":
      return freeze({ kind: "databases", names: stringsOf(raw.objects) });
    case "OBJECT_FOREIGN_SERVER":
      return freeze({ kind: "servers", names: stringsOf(raw.objects) });
    default:
      return undefined;
  }
}

type AllInSchemas = Extract<GrantTarget, { kind: "othersInSchemas" }>["objects"];

const ALL_IN_SCHEMA: { readonly [K in ObjectType]?: AllInSchemas } = {
  OBJECT_SEQUENCE: "sequence",
  OBJECT_FUNCTION: "function",
  OBJECT_PROCEDURE: "procedure",
  OBJECT_ROUTINE: "routine",
};

function privilegeChange(raw: GrantStmt, context: Lowering): PrivilegeChange {
  return freeze({
    isGrant: raw.is_grant ?? false,
    privileges: context.list(raw.privileges, lowerPrivilege),
    grantees: lowerRoleNames(raw.grantees, context),
    grantOption: raw.grant_option ?? false,
    cascade: raw.behavior === "DROP_CASCADE",
  });
}

function lowerPrivilege(node: Node): PrivilegeClause {
  const raw = bodyIf("AccessPriv", node);
  return freeze({ name: raw?.priv_name, columns: stringsOf(raw?.cols) });
}

export function lowerDefaultPrivileges(
  raw: AlterDefaultPrivilegesStmt,
  context: Lowering,
): AccessControl | Statement {
  const { action = {} } = raw;
  const objects = DEFAULTED[action.objtype ?? "OBJECT_TABLE"];
  if (objects === undefined) return unsupported({ AlterDefaultPrivilegesStmt: raw });
  const option = (name: string): readonly Node[] => {
    const found = (raw.options ?? []).map((node) => bodyIf("DefElem", node));
    return itemsOf(found.find((each) => each?.defname === name)?.arg);
  };
  return accessControl("ALTER DEFAULT PRIVILEGES", {
    kind: "defaultPrivileges",
    roles: lowerRoleNames(option("roles"), context),
    schemas: stringsOf(option("schemas")),
    objects,
    change: privilegeChange(action, context),
  });
}

const DEFAULTED: { readonly [K in ObjectType]?: DefaultedObjects } = {
  OBJECT_TABLE: "tables",
  OBJECT_SEQUENCE: "sequences",
  OBJECT_FUNCTION: "functions",
  OBJECT_TYPE: "types",
  OBJECT_SCHEMA: "schemas",
};

const OWNED: { readonly [K in ObjectType]?: OwnedObjectType } = {
  OBJECT_SCHEMA: "schema",
  OBJECT_DATABASE: "database",
  OBJECT_FOREIGN_SERVER: "server",
  OBJECT_TABLE: "table",
  OBJECT_FOREIGN_TABLE: "foreignTable",
  OBJECT_VIEW: "view",
};

export function lowerAlterOwner(raw: AlterOwnerStmt, context: Lowering): AccessControl | Statement {
  const objectType = OWNED[raw.objectType ?? "OBJECT_FUNCTION"];
  if (objectType === undefined) return unsupported({ AlterOwnerStmt: raw });
  const owner = lowerRoleName(raw.newowner, context);
  const name: QualifiedName = stringsOf(itemsOf(raw.object));
  const tag = objectTag("ALTER", raw.objectType);
  return accessControl(tag, { kind: "alterOwner", objectType, name, ifExists: false, owner });
}

/** ALTER TABLE, VIEW and FOREIGN TABLE … OWNER TO; no other change of theirs has a meaning here. */
export function lowerAlterTable(raw: AlterTableStmt, context: Lowering): AccessControl | Statement {
  const [first, ...others] = raw.cmds ?? [];
  const command = bodyIf("AlterTableCmd", first);
  const objectType = OWNED[raw.objtype ?? "OBJECT_TABLE"];
  const isOwner = command?.subtype === "AT_ChangeOwner" && others.length === 0;
  if (!isOwner || objectType === undefined) return unsupported({ AlterTableStmt: raw });
  const { catalog, schema, name } = lowerTableName(raw.relation ?? {}, context);
  return accessControl(objectTag("ALTER", raw.objtype), {
    kind: "alterOwner",
    objectType,
    name: [catalog, schema, name].filter((part) => part !== undefined),
    ifExists: raw.missing_ok ?? false,
    owner: lowerRoleName(command.newowner, context),
  });
}

export function lowerReassignOwned(raw: ReassignOwnedStmt, context: Lowering): AccessControl {
  return accessControl("REASSIGN OWNED", {
    kind: "reassignOwned",
    roles: lowerRoleNames(raw.roles, context),
    owner: lowerRoleName(raw.newrole, context),
  });
}

export function lowerDropOwned(raw: DropOwnedStmt, context: Lowering): AccessControl {
  return accessControl("DROP OWNED", {
    kind: "dropOwned",
    roles: lowerRoleNames(raw.roles, context),
    cascade: raw.behavior === "DROP_CASCADE",
  });
}
