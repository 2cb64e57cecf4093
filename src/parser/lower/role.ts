import type {
  AlterDatabaseSetStmt,
  AlterRoleSetStmt,
  AlterRoleStmt,
  CreateRoleStmt,
  DefElem,
  DropRoleStmt,
  GrantRoleStmt,
  Node,
  RenameStmt,
  RoleSpec,
  VariableSetStmt,
} from "libpg-query";
import type {
  AccessCommand,
  AccessControl,
  RoleFlag,
  RoleName,
  RoleOption,
  SettingValue,
  Statement,
} from "../ast/index.js";
import { conflictingOptions, constructNotSupported, invariant } from "../../errors/index.js";
import { bodyIf, itemsOf } from "../grammar/node.js";
import { freeze, type Lowering } from "./context.js";
import { lowerSettingValue } from "./setting.js";
import { unsupported } from "./unsupported.js";

/** The statement around a command about roles and rights. */
export function accessControl(tag: string, command: AccessCommand): AccessControl {
  return freeze({ kind: "accessControl", tag, command: freeze(command), position: undefined });
}

export function lowerRoleName(raw: RoleSpec | undefined, context: Lowering): RoleName {
  const position = context.at(raw?.location);
  switch (raw?.roletype) {
    case "ROLESPEC_CURRENT_ROLE":
    case "ROLESPEC_CURRENT_USER":
      return freeze({ kind: "currentUser", position });
    case "ROLESPEC_SESSION_USER":
      return freeze({ kind: "sessionUser", position });
    case "ROLESPEC_PUBLIC":
      return freeze({ kind: "public", position });
    case "ROLESPEC_CSTRING":
    case undefined:
    default:
      return freeze({ kind: "named", name: raw?.rolename ?? "", position });
  }
}

export function lowerRoleNames(
  nodes: readonly Node[] | undefined,
  context: Lowering,
): readonly RoleName[] {
  return context.list(nodes, (node) => lowerRoleName(bodyIf("RoleSpec", node), context));
}

const FORMS = {
  ROLESTMT_ROLE: "role",
  ROLESTMT_USER: "user",
  ROLESTMT_GROUP: "group",
} as const;

export function lowerCreateRole(raw: CreateRoleStmt, context: Lowering): AccessControl {
  return accessControl("CREATE ROLE", {
    kind: "createRole",
    form: FORMS[raw.stmt_type ?? "ROLESTMT_ROLE"],
    name: raw.role ?? "",
    options: lowerOptions(raw.options, context),
  });
}

export function lowerAlterRole(raw: AlterRoleStmt, context: Lowering): AccessControl {
  return accessControl("ALTER ROLE", {
    kind: "alterRole",
    role: lowerRoleName(raw.role, context),
    options: lowerOptions(raw.options, context),
    removesMembers: (raw.action ?? 0) < 0,
  });
}

export function lowerAlterRoleSet(
  raw: AlterRoleSetStmt,
  context: Lowering,
): AccessControl | Statement {
  const change = settingChange(raw.setstmt, context);
  if (change === undefined) return unsupported({ AlterRoleSetStmt: raw });
  return accessControl("ALTER ROLE", {
    kind: "alterRoleSet",
    role: raw.role === undefined ? undefined : lowerRoleName(raw.role, context),
    database: raw.database,
    ...change,
  });
}

/** ALTER DATABASE … SET says of all roles what ALTER ROLE ALL IN DATABASE does. */
export function lowerAlterDatabaseSet(
  raw: AlterDatabaseSetStmt,
  context: Lowering,
): AccessControl | Statement {
  const change = settingChange(raw.setstmt, context);
  if (change === undefined) return unsupported({ AlterDatabaseSetStmt: raw });
  const database = raw.dbname ?? "";
  return accessControl("ALTER DATABASE", {
    kind: "alterRoleSet",
    role: undefined,
    database,
    ...change,
  });
}

/** Undefined for what the tree has no words for. */
function settingChange(
  raw: VariableSetStmt | undefined,
  context: Lowering,
): Pick<Extract<AccessCommand, { kind: "alterRoleSet" }>, "name" | "values"> | undefined {
  const kind = raw?.kind ?? "VAR_SET_VALUE";
  if (kind === "VAR_SET_CURRENT" || kind === "VAR_SET_MULTI") return undefined;
  const values =
    kind === "VAR_SET_VALUE"
      ? context.list(raw?.args, (node) => settingText(lowerSettingValue(node, context)))
      : undefined;
  return { name: kind === "VAR_RESET_ALL" ? undefined : raw?.name, values };
}

function settingText(value: SettingValue): string {
  return value.kind === "interval" ? `INTERVAL '${value.text}'` : value.text;
}

export function lowerDropRole(raw: DropRoleStmt, context: Lowering): AccessControl {
  return accessControl("DROP ROLE", {
    kind: "dropRole",
    roles: lowerRoleNames(raw.roles, context),
    ifExists: raw.missing_ok ?? false,
  });
}

/** Only roles can be renamed. */
export function lowerRename(raw: RenameStmt): AccessControl | Statement {
  if (raw.renameType !== "OBJECT_ROLE") return unsupported({ RenameStmt: raw });
  const { subname: name = "", newname: newName = "" } = raw;
  return accessControl("ALTER ROLE", { kind: "renameRole", name, newName });
}

export function lowerGrantRole(raw: GrantRoleStmt, context: Lowering): AccessControl {
  const isGrant = raw.is_grant ?? false;
  let admin = false;
  for (const node of raw.opt ?? []) {
    const option = bodyIf("DefElem", node);
    const on = isTrue(option);
    if (option?.defname !== "admin" || (isGrant && !on)) {
      const what = `GRANT ROLE with option ${(option?.defname ?? "").toUpperCase()}`;
      throw constructNotSupported(what, context.at(option?.location));
    }
    admin = true;
  }
  return accessControl(isGrant ? "GRANT ROLE" : "REVOKE ROLE", {
    kind: "grantRole",
    isGrant,
    roles: context.list(raw.granted_roles, (node) => bodyIf("AccessPriv", node)?.priv_name ?? ""),
    members: lowerRoleNames(raw.grantee_roles, context),
    admin,
    grantor: raw.grantor === undefined ? undefined : lowerRoleName(raw.grantor, context),
  });
}

const FLAGS: Readonly<Record<string, RoleFlag>> = {
  superuser: "superuser",
  inherit: "inherit",
  createrole: "createRole",
  createdb: "createDatabase",
  canlogin: "login",
  isreplication: "replication",
  bypassrls: "bypassRowSecurity",
};

function lowerOptions(
  nodes: readonly Node[] | undefined,
  context: Lowering,
): readonly RoleOption[] {
  const seen = new Set<string>();
  const options: RoleOption[] = [];
  for (const node of nodes ?? []) {
    const raw = bodyIf("DefElem", node);
    invariant(raw !== undefined, "role option expected");
    const name = raw.defname ?? "";
    if (name === "sysid") continue;
    if (seen.has(name)) throw conflictingOptions(context.at(raw.location));
    seen.add(name);
    options.push(freeze(lowerOption(raw, context)));
  }
  return Object.freeze(options);
}

function lowerOption(raw: DefElem, context: Lowering): RoleOption {
  const name = raw.defname ?? "";
  const flag = FLAGS[name];
  if (flag !== undefined) return { kind: "flag", flag, on: isTrue(raw) };
  const text = bodyIf("String", raw.arg)?.sval ?? "";
  switch (name) {
    case "password":
      return { kind: "password", password: raw.arg === undefined ? null : text };
    case "connectionlimit":
      return { kind: "connectionLimit", limit: bodyIf("Integer", raw.arg)?.ival ?? 0 };
    case "validUntil":
      return { kind: "validUntil", text };
    case "addroleto":
      return { kind: "inRoles", roles: lowerRoleNames(itemsOf(raw.arg), context) };
    case "rolemembers":
    case "adminmembers": {
      const roles = lowerRoleNames(itemsOf(raw.arg), context);
      return { kind: "members", admin: name === "adminmembers", roles };
    }
    default:
      throw constructNotSupported(`role option ${name}`, context.at(raw.location));
  }
}

function isTrue(option: DefElem | undefined): boolean {
  return bodyIf("Boolean", option?.arg)?.boolval === true;
}
