import type { SecurityVersion } from "../../../catalog/index.js";
import {
  setRoleDenied,
  setSessionAuthorizationDenied,
  undefinedRole,
} from "../../../errors/index.js";
import type { SessionIdentity } from "../../planner.js";
import type { Authority } from "../../settings/index.js";
import { roleOfUser } from "./actor.js";

/** What one session may become, by the roles as they are at the moment. */
export class RoleAuthority implements Authority {
  constructor(
    private readonly securityNow: () => SecurityVersion,
    private readonly identity: SessionIdentity,
  ) {}

  checkRole(name: string, sessionUser: string): void {
    const role = this.roleNamed(name);
    const who = roleOfUser(sessionUser, this.identity, this.security);
    if (!this.security.isMember(who, role)) throw setRoleDenied(name);
  }

  checkSessionUser(name: string, loginUser: string): void {
    this.roleNamed(name);
    const who = roleOfUser(loginUser, this.identity, this.security);
    if (!this.security.isSuperuser(who)) throw setSessionAuthorizationDenied();
  }

  /** Of a user who is no more, false. */
  isSuperuser(user: string): boolean {
    const { guest } = this.identity;
    const role = this.security.roleNamed(user);
    return role?.superuser ?? (guest && user === this.identity.user);
  }

  /** A user has their own rights, and nobody those of a role that is no more. */
  hasRightsOf(user: string, role: string): boolean {
    if (user === role || this.isSuperuser(user)) return true;
    const who = this.security.roleNamed(user);
    const whose = this.security.roleNamed(role);
    return (
      who !== undefined && whose !== undefined && this.security.hasRightsOf(who.oid, whose.oid)
    );
  }

  private get security(): SecurityVersion {
    return this.securityNow();
  }

  private roleNamed(name: string): number {
    const role = this.security.roleNamed(name);
    if (role === undefined) throw undefinedRole(name);
    return role.oid;
  }
}
