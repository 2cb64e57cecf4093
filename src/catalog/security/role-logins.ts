import { PRIVILEGE } from "./acl.js";
import { DATABASE_OBJECT, type SecurityVersion } from "./security-version.js";
import type { Role, RoleSetting } from "./role.js";

/** A role as logging in sees it. */
export interface LoginFacts extends Pick<
  Role,
  "oid" | "superuser" | "login" | "connectionLimit" | "verifier"
> {
  /** Microseconds since 1970 until which the password is good; null for ever. */
  readonly validUntilMicros: bigint | null;
}

/** Who may log in, by the roles as they are at the moment. */
export class RoleLogins {
  constructor(
    private readonly current: () => SecurityVersion,
    readonly mockSecret: Uint8Array,
  ) {}

  get isOpen(): boolean {
    return this.current().isOpen;
  }

  role(name: string): LoginFacts | undefined {
    const role = this.current().roleNamed(name);
    return role && { ...role, validUntilMicros: microsOf(role.validUntil) };
  }

  /** What a session of a user starts with, who may be nobody's role. */
  settings(user: string, database: string): readonly RoleSetting[] {
    const security = this.current();
    return security.sessionSettings(security.roleNamed(user)?.oid, database);
  }

  isMember(user: string, role: string): boolean {
    const security = this.current();
    const [member, group] = [security.roleNamed(user), security.roleNamed(role)];
    if (member === undefined || group === undefined) return false;
    // Superusers are not members of every role where rules ask.
    return security.rolesOf(member.oid, false).has(group.oid);
  }

  mayConnect(role: number): boolean {
    const bits = this.current().privileges(role, DATABASE_OBJECT, "database");
    return (bits & PRIVILEGE.connect) !== 0;
  }
}

/** Reads the text of a timestamptz in UTC, as the engine writes it. */
function microsOf(text: string | null): bigint | null {
  if (text === null || text === "infinity") return null;
  if (text === "-infinity" || text.endsWith("BC")) return 0n;
  const match = /^(\d+)-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.\d+)?\+00$/.exec(text);
  // What cannot be read is over: nobody gets in by a date that makes no sense.
  if (match === null) return 0n;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map(Number);
  // Date ends long before timestamptz does.
  if (year > 9999) return null;
  return BigInt(Date.UTC(year, month - 1, day, hour, minute, second)) * 1000n;
}
