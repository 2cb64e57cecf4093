import {
  BOOTSTRAP_ROLE,
  isPredefined,
  newRole,
  type Definitions,
  type Role,
  type SecurityVersion,
} from "../../../catalog/index.js";
import {
  bootstrapMustBeSuperuser,
  databaseDoesNotExist,
  duplicateRole,
  invalidConnectionLimit,
  mustBeSuperuserTo,
  ownRoleInUse,
  reservedRoleName,
  roleChangeDenied,
  roleDoesNotExist,
  roleHasDependents,
  roleIsRequired,
  roleMissingSkipping,
  specialRoleInDrop,
} from "../../../errors/index.js";
import type { AccessCommand, RoleOption } from "../../../parser/index.js";
import type { StatementContext } from "../../planner.js";
import { actorOf, findRole, namedRole, shownRole, type Actor } from "./actor.js";
import { dependentsOf } from "./dependents.js";
import { withMembers, withoutMembers } from "./memberships.js";
import { Rights } from "./rights.js";
import type { SettledOptions } from "./role-options.js";

type Command<K extends AccessCommand["kind"]> = Extract<AccessCommand, { kind: K }>;

const STARTS_RESERVED = 'Role names starting with "pg_" are reserved.';

function mayCreateRoles(actor: Actor, security: SecurityVersion): boolean {
  const role = security.roles.get(actor.currentUser);
  return role?.superuser === true || role?.createRole === true;
}

function checkNewName(name: string, security: SecurityVersion): void {
  if (name.startsWith("pg_")) throw reservedRoleName(name, STARTS_RESERVED);
  if (security.roleNamed(name) !== undefined) throw duplicateRole(name);
}

export function createRole(
  command: Command<"createRole">,
  options: SettledOptions,
  definitions: Definitions,
  context: StatementContext,
): void {
  definitions.changeSecurity((security, newOid) => {
    const actor = actorOf(context, security);
    const { name } = command;
    const login = command.form === "user";
    const role = withOptions({ ...newRole(0, name), login }, options);
    if (!security.isSuperuser(actor.currentUser)) {
      if (role.superuser) throw mustBeSuperuserTo("create superusers");
      if (role.replication) throw mustBeSuperuserTo("create replication users");
      if (role.bypassRowSecurity) throw mustBeSuperuserTo("create bypassrls users");
      if (!mayCreateRoles(actor, security)) throw roleChangeDenied("create role");
    }
    checkNewName(name, security);
    const oid = newOid();
    let after = security.withRole({ ...role, oid });
    for (const option of command.options) {
      if (option.kind === "inRoles") {
        for (const group of option.roles) {
          const { name: groupName } = namedRole(group, actor, after);
          const member = { kind: "named", name, position: undefined } as const;
          after = withMembers(after, actor, groupName, [member], false, context.notice);
        }
      } else if (option.kind === "members") {
        after = withMembers(after, actor, name, option.roles, option.admin, context.notice);
      }
    }
    return after;
  });
}

export function alterRole(
  command: Command<"alterRole">,
  options: SettledOptions,
  definitions: Definitions,
  context: StatementContext,
): void {
  definitions.changeSecurity((security) => {
    const actor = actorOf(context, security);
    if (command.role.kind === "named" && command.role.name.startsWith("pg_")) {
      throw reservedRoleName(command.role.name, "Cannot alter reserved roles.");
    }
    const before = namedRole(command.role, actor, security);
    checkAlteration(before, command.options, options, actor, security);
    const role = withOptions(before, options);
    if (role.oid === BOOTSTRAP_ROLE && !role.superuser) throw bootstrapMustBeSuperuser();
    let after = security.withRole(role);
    for (const option of command.options) {
      if (option.kind !== "members") continue;
      after = command.removesMembers
        ? withoutMembers(after, actor, role.name, option.roles, false, context.notice)
        : withMembers(after, actor, role.name, option.roles, option.admin, context.notice);
    }
    return after;
  });
}

function checkAlteration(
  role: Role,
  written: readonly RoleOption[],
  { flags }: SettledOptions,
  actor: Actor,
  security: SecurityVersion,
): void {
  if (security.isSuperuser(actor.currentUser)) return;
  if (role.superuser || flags.superuser !== undefined) {
    throw mustBeSuperuserTo("alter superuser roles or change superuser attribute");
  }
  if (role.replication || flags.replication !== undefined) {
    throw mustBeSuperuserTo("alter replication roles or change replication attribute");
  }
  if (flags.bypassRowSecurity !== undefined) {
    throw mustBeSuperuserTo("change bypassrls attribute");
  }
  if (mayCreateRoles(actor, security)) return;
  // Everybody may change their own password, and nothing else.
  const own = role.oid === actor.currentUser;
  const onlyPassword = written.length === 1 && written[0]?.kind === "password";
  if (!own || !onlyPassword) throw roleChangeDenied();
}

function withOptions(role: Role, { flags, limit, verifier, validUntil }: SettledOptions): Role {
  if (limit !== undefined && limit < -1) throw invalidConnectionLimit(limit);
  return {
    ...role,
    ...flags,
    ...(limit === undefined ? {} : { connectionLimit: limit }),
    ...(verifier === undefined ? {} : { verifier }),
    ...(validUntil === undefined ? {} : { validUntil }),
  };
}

export function alterRoleSet(
  command: Command<"alterRoleSet">,
  definitions: Definitions,
  context: StatementContext,
): void {
  const { role: named, database, name, values } = command;
  const rights = Rights.of(context, definitions.current);
  definitions.changeSecurity((security) => {
    const actor = actorOf(context, security);
    const role = named === undefined ? undefined : namedRole(named, actor, security);
    if (role !== undefined) checkSettingsOf(role, actor, security);
    if (database !== undefined) {
      if (database !== context.session.database) throw databaseDoesNotExist(database);
      if (role === undefined) rights.checkOwnsDatabase();
    } else if (role === undefined && !security.isSuperuser(actor.currentUser)) {
      throw mustBeSuperuserTo("alter settings globally");
    }
    const before = security.settingsOf(role?.oid, database);
    const key = name?.toLowerCase();
    const kept = before.filter((each) => key !== undefined && each.name.toLowerCase() !== key);
    const added =
      name === undefined || values === undefined ? [] : [{ name, value: values.join(", ") }];
    return security.withSettings(role?.oid, database, [...kept, ...added]);
  });
}

function checkSettingsOf(role: Role, actor: Actor, security: SecurityVersion): void {
  if (isPredefined(role.oid)) throw reservedRoleName(role.name, "Cannot alter reserved roles.");
  if (security.isSuperuser(actor.currentUser)) return;
  if (role.superuser) throw mustBeSuperuserTo("alter superusers");
  const own = role.oid === actor.currentUser;
  if (!own && !mayCreateRoles(actor, security)) throw roleChangeDenied();
}

export function renameRole(
  { name, newName }: Command<"renameRole">,
  definitions: Definitions,
  context: StatementContext,
): void {
  definitions.changeSecurity((security) => {
    const actor = actorOf(context, security);
    const role = security.roleNamed(name);
    if (role === undefined) throw roleDoesNotExist(name);
    if (role.oid === actor.sessionUser) throw ownRoleInUse("session", "renamed");
    if (role.oid === actor.currentUser) throw ownRoleInUse("current", "renamed");
    if (isPredefined(role.oid)) throw reservedRoleName(name, STARTS_RESERVED);
    checkNewName(newName, security);
    if (role.superuser && !security.isSuperuser(actor.currentUser)) {
      throw mustBeSuperuserTo("rename superusers");
    }
    if (!mayCreateRoles(actor, security)) throw roleChangeDenied("rename role");
    return security.withRole({ ...role, name: newName });
  });
}

export function dropRole(
  { roles, ifExists }: Command<"dropRole">,
  definitions: Definitions,
  context: StatementContext,
): void {
  definitions.changeSecurity((before) => {
    const actor = actorOf(context, before);
    if (!mayCreateRoles(actor, before)) throw roleChangeDenied("drop role");
    let after = before;
    const dropped: Role[] = [];
    for (const name of roles) {
      if (name.kind !== "named") throw specialRoleInDrop();
      const role = findRole(name, actor, after);
      if (role === undefined) {
        if (!ifExists) throw roleDoesNotExist(shownRole(name));
        context.notice(roleMissingSkipping(shownRole(name)));
        continue;
      }
      checkDroppable(role, actor, before);
      dropped.push(role);
      after = after.withoutRole(role.oid);
    }
    for (const role of dropped) {
      const lines = dependentsOf(role.oid, definitions.current, context);
      if (lines.length > 0) throw roleHasDependents(role.name, lines);
    }
    return after;
  });
}

function checkDroppable(role: Role, actor: Actor, security: SecurityVersion): void {
  if (role.oid === actor.currentUser) throw ownRoleInUse("current", "dropped");
  if (role.oid === actor.sessionUser) throw ownRoleInUse("session", "dropped");
  if (role.superuser && !security.isSuperuser(actor.currentUser)) {
    throw mustBeSuperuserTo("drop superusers");
  }
  if (role.oid === BOOTSTRAP_ROLE || isPredefined(role.oid)) throw roleIsRequired(role.name);
}
