import { BOOTSTRAP_ROLE, type Role, type SecurityVersion } from "../../../catalog/index.js";
import { roleDoesNotExist } from "../../../errors/index.js";
import type { RoleName } from "../../../parser/index.js";
import type { SessionIdentity, StatementContext } from "../../planner.js";

/** Who runs a statement, by OID. */
export interface Actor {
  readonly currentUser: number;
  readonly sessionUser: number;
}

/** The role behind a user's name; a guest's name is a superuser's while no role has it. */
export function roleOfUser(
  name: string,
  session: Pick<SessionIdentity, "guest" | "user">,
  security: SecurityVersion,
): number {
  const role = security.roleNamed(name);
  if (role !== undefined) return role.oid;
  if (session.guest && name === session.user) return BOOTSTRAP_ROLE;
  throw roleDoesNotExist(name);
}

export function actorOf(
  { session, settings }: Pick<StatementContext, "session" | "settings">,
  security: SecurityVersion,
): Actor {
  return {
    currentUser: roleOfUser(settings.currentUser, session, security),
    sessionUser: roleOfUser(settings.sessionUser, session, security),
  };
}

/** The role that a statement names. */
export function namedRole(name: RoleName, actor: Actor, security: SecurityVersion): Role {
  const role = findRole(name, actor, security);
  if (role === undefined) throw roleDoesNotExist(shownRole(name));
  return role;
}

export function findRole(
  name: RoleName,
  actor: Actor,
  security: SecurityVersion,
): Role | undefined {
  switch (name.kind) {
    case "currentUser":
      return security.roles.get(actor.currentUser);
    case "sessionUser":
      return security.roles.get(actor.sessionUser);
    case "public":
      return undefined;
    case "named":
      return security.roleNamed(name.name);
  }
}

export function shownRole(name: RoleName): string {
  return name.kind === "named" ? name.name : "public";
}
