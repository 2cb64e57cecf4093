import { PREDEFINED, type Role, type SecurityVersion } from "../../../catalog/index.js";
import {
  alreadyMember,
  cannotBeMember,
  circularMembership,
  mustBeSuperuserTo,
  needsAdminOption,
  noExplicitMembers,
  notAMember,
  roleDoesNotExist,
  type SqlError,
} from "../../../errors/index.js";
import type { RoleName } from "../../../parser/index.js";
import { namedRole, type Actor } from "./actor.js";

/** Throws unless the actor may say who is a member of the role. */
function checkMayChange(role: Role, actor: Actor, security: SecurityVersion): void {
  if (security.isSuperuser(actor.currentUser)) return;
  if (role.superuser) throw mustBeSuperuserTo("alter superusers");
  if (security.roles.get(actor.currentUser)?.createRole === true) return;
  const mine = security.rolesOf(actor.currentUser, false);
  const isAdmin = security.memberships.some(
    (each) => each.role === role.oid && each.admin && mine.has(each.member),
  );
  if (!isAdmin) throw needsAdminOption(role.name);
}

function existing(name: string, security: SecurityVersion): Role {
  const role = security.roleNamed(name);
  if (role === undefined) throw roleDoesNotExist(name);
  return role;
}

/** GRANT role TO members. */
export function withMembers(
  security: SecurityVersion,
  actor: Actor,
  roleName: string,
  members: readonly RoleName[],
  admin: boolean,
  notice: (condition: SqlError) => void,
): SecurityVersion {
  const role = existing(roleName, security);
  if (members.length > 0) checkMayChange(role, actor, security);
  if (role.oid === PREDEFINED.pg_database_owner) throw noExplicitMembers(role.name);
  let memberships = [...security.memberships];
  for (const name of members) {
    const member = namedRole(name, actor, security);
    if (member.oid === PREDEFINED.pg_database_owner) throw cannotBeMember(member.name);
    const after = security.withMemberships(memberships);
    if (after.rolesOf(role.oid, false).has(member.oid)) {
      throw circularMembership(role.name, member.name);
    }
    const is = (each: { readonly role: number; readonly member: number }): boolean =>
      each.role === role.oid && each.member === member.oid;
    const before = memberships.find(is);
    if (before !== undefined && (!admin || before.admin)) {
      notice(alreadyMember(member.name, role.name));
      continue;
    }
    const added = { role: role.oid, member: member.oid, grantor: actor.currentUser, admin };
    memberships = [...memberships.filter((each) => !is(each)), added];
  }
  return security.withMemberships(memberships);
}

/** REVOKE role FROM members; `adminOnly`: ADMIN OPTION FOR. */
export function withoutMembers(
  security: SecurityVersion,
  actor: Actor,
  roleName: string,
  members: readonly RoleName[],
  adminOnly: boolean,
  notice: (condition: SqlError) => void,
): SecurityVersion {
  const role = existing(roleName, security);
  if (members.length > 0) checkMayChange(role, actor, security);
  let memberships = security.memberships;
  for (const name of members) {
    const member = namedRole(name, actor, security);
    const at = memberships.findIndex(
      (each) => each.role === role.oid && each.member === member.oid,
    );
    if (at < 0) {
      notice(notAMember(member.name, role.name));
      continue;
    }
    memberships = memberships.flatMap((each, index) => {
      if (index !== at) return [each];
      return adminOnly ? [{ ...each, admin: false }] : [];
    });
  }
  return security.withMemberships(memberships);
}
