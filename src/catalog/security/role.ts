/** A role: a user, a group, or both. */
export interface Role {
  readonly oid: number;
  readonly name: string;
  readonly superuser: boolean;
  /** Whether it has the rights of the roles it is a member of without SET ROLE. */
  readonly inherit: boolean;
  readonly createRole: boolean;
  readonly createDatabase: boolean;
  readonly login: boolean;
  readonly replication: boolean;
  readonly bypassRowSecurity: boolean;
  /** Most sessions at a time; -1 is no limit. */
  readonly connectionLimit: number;
  /** The SCRAM verifier; null where it has no password. */
  readonly verifier: string | null;
  /** Until when the password is good, as text that PostgreSQL reads; null for ever. */
  readonly validUntil: string | null;
  /** ALTER ROLE … SET, in the order set. */
  readonly settings: readonly RoleSetting[];
}

export interface RoleSetting {
  readonly name: string;
  readonly value: string;
}

/** That `member` is a member of `role`. */
export interface Membership {
  readonly role: number;
  readonly member: number;
  readonly grantor: number;
  /** May grant the membership on. */
  readonly admin: boolean;
}

/** The superuser that every data directory starts with; PostgreSQL's OID. */
export const BOOTSTRAP_ROLE = 10;
export const BOOTSTRAP_ROLE_NAME = "millrace";

/** In ACLs: everybody. */
export const PUBLIC_GRANTEE = 0;

/** PostgreSQL's predefined roles, by its OIDs. */
export const PREDEFINED = {
  pg_database_owner: 6171,
  pg_read_all_data: 6181,
  pg_write_all_data: 6182,
  pg_monitor: 3373,
  pg_read_all_settings: 3374,
  pg_read_all_stats: 3375,
  pg_stat_scan_tables: 3377,
  pg_read_server_files: 4569,
  pg_write_server_files: 4570,
  pg_execute_server_program: 4571,
  pg_signal_backend: 4200,
  pg_checkpoint: 4544,
} as const;

/** What a role is unless CREATE ROLE says otherwise. */
export function newRole(oid: number, name: string): Role {
  return {
    oid,
    name,
    superuser: false,
    inherit: true,
    createRole: false,
    createDatabase: false,
    login: false,
    replication: false,
    bypassRowSecurity: false,
    connectionLimit: -1,
    verifier: null,
    validUntil: null,
    settings: [],
  };
}

/** Roles of a new data directory. */
export function initialRoles(): readonly Role[] {
  const bootstrap: Role = {
    ...newRole(BOOTSTRAP_ROLE, BOOTSTRAP_ROLE_NAME),
    superuser: true,
    createRole: true,
    createDatabase: true,
    login: true,
    replication: true,
    bypassRowSecurity: true,
  };
  return [bootstrap, ...Object.entries(PREDEFINED).map(([name, oid]) => newRole(oid, name))];
}

/** Memberships of a new data directory. */
export function initialMemberships(): readonly Membership[] {
  const parts = ["pg_read_all_settings", "pg_read_all_stats", "pg_stat_scan_tables"] as const;
  return parts.map((name) => ({
    role: PREDEFINED[name],
    member: PREDEFINED.pg_monitor,
    grantor: BOOTSTRAP_ROLE,
    admin: false,
  }));
}

/** Whether the server made the role and nobody may change it. */
export function isPredefined(oid: number): boolean {
  return oid !== BOOTSTRAP_ROLE && oid < 16384;
}
