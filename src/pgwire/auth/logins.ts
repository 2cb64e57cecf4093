/** A role as logging in sees it. */
export interface LoginRole {
  readonly oid: number;
  readonly superuser: boolean;
  readonly login: boolean;
  /** -1 is no limit. */
  readonly connectionLimit: number;
  /** SCRAM verifier; null where it has no password. */
  readonly verifier: string | null;
  /** Microseconds since 1970 until which the password is good; null for ever. */
  readonly validUntilMicros: bigint | null;
}

/** A setting that sessions start with. */
export interface StartSetting {
  readonly name: string;
  readonly value: string;
}

/** Who may log in; the catalog knows. */
export interface Logins {
  /** No role has a password. */
  readonly isOpen: boolean;
  role(name: string): LoginRole | undefined;
  /** What sessions start with: of two of one name the later counts. */
  settings(user: string, database: string): readonly StartSetting[];
  isMember(user: string, role: string): boolean;
  /** Whether it may connect to the database. */
  mayConnect(role: number): boolean;
  /** Secret bytes that never change: they make salts for those there are not. */
  readonly mockSecret: Uint8Array;
}

/** Where there are no roles at all. */
export const NO_LOGINS: Logins = {
  isOpen: true,
  role: () => undefined,
  settings: () => [],
  isMember: () => false,
  mayConnect: () => true,
  mockSecret: new Uint8Array(32),
};
