import { ALL_PRIVILEGES, defaultAcl, PRIVILEGE, withGrant, type Acl, type AclKind } from "./acl.js";
import {
  BOOTSTRAP_ROLE,
  initialMemberships,
  initialRoles,
  PREDEFINED,
  type Membership,
  type Role,
  type RoleSetting,
} from "./role.js";

/** OIDs of the objects there is one of each. */
export const DATABASE_OBJECT = 5;
export const SERVER_OBJECT = 6;
const PUBLIC_SCHEMA = 2200;

/** What is to hold for objects a role makes later: ALTER DEFAULT PRIVILEGES. */
export interface DefaultPrivileges {
  readonly role: number;
  /** Undefined: in every schema. */
  readonly schema: number | undefined;
  /** Of sequences, functions and types there are none: their rules are kept for those who ask. */
  readonly kind: "relation" | "schema" | "sequence" | "function" | "type";
  readonly acl: Acl;
}

/** An object's own rules; what is undefined is as by default. */
export interface ObjectAccess {
  readonly owner: number | undefined;
  readonly acl: Acl | undefined;
  /** By column number, from 1. */
  readonly columns: ReadonlyMap<number, Acl>;
}

/** What ALTER ROLE and ALTER DATABASE … SET say of sessions, beside what a role says everywhere. */
export interface ScopedSettings {
  /** Undefined: of all roles. */
  readonly role: number | undefined;
  /** Undefined: in all databases. */
  readonly database: string | undefined;
  /** In the order set. */
  readonly settings: readonly RoleSetting[];
}

const NO_ACCESS: ObjectAccess = { owner: undefined, acl: undefined, columns: new Map() };

/** Roles and who may do what at one moment. Immutable; a change makes another one. */
export class SecurityVersion {
  private readonly byName = new Map<string, Role>();

  constructor(
    readonly roles: ReadonlyMap<number, Role>,
    readonly memberships: readonly Membership[],
    readonly objects: ReadonlyMap<number, ObjectAccess>,
    readonly defaults: readonly DefaultPrivileges[],
    readonly scopedSettings: readonly ScopedSettings[] = [],
  ) {
    for (const role of roles.values()) this.byName.set(role.name, role);
  }

  static initial(): SecurityVersion {
    const roles = new Map(initialRoles().map((role) => [role.oid, role]));
    return new SecurityVersion(roles, initialMemberships(), new Map(), []);
  }

  /** No role has a password: whoever reaches the server from its own machine may come in. */
  get isOpen(): boolean {
    return ![...this.roles.values()].some(({ verifier }) => verifier !== null);
  }

  roleNamed(name: string): Role | undefined {
    return this.byName.get(name);
  }

  nameOf(oid: number): string {
    return this.roles.get(oid)?.name ?? String(oid);
  }

  ownerOf(oid: number): number {
    const owner = this.objects.get(oid)?.owner;
    if (owner !== undefined) return owner;
    return oid === PUBLIC_SCHEMA ? PREDEFINED.pg_database_owner : BOOTSTRAP_ROLE;
  }

  /** The object's ACL, or what stands for it by default. */
  aclOf(oid: number, kind: AclKind): Acl {
    const stored = this.objects.get(oid)?.acl;
    if (stored !== undefined) return stored;
    const acl = defaultAcl(kind, this.ownerOf(oid));
    if (oid !== PUBLIC_SCHEMA) return acl;
    const grantor = this.ownerOf(oid);
    return [...acl, { grantee: 0, grantor, privileges: PRIVILEGE.usage, grantable: 0 }];
  }

  columnAcls(oid: number): ReadonlyMap<number, Acl> {
    return this.objects.get(oid)?.columns ?? NO_ACCESS.columns;
  }

  /** The roles `role` is a member of, itself included; `inherited`: whose rights it has as well. */
  rolesOf(role: number, inherited: boolean): ReadonlySet<number> {
    const found = new Set([role]);
    for (const each of found) {
      if (inherited && this.roles.get(each)?.inherit !== true) continue;
      for (const { role: group, member } of this.memberships) {
        if (member === each) found.add(group);
      }
      // The database's owner is the bootstrap superuser's alone.
      if (each === this.ownerOf(DATABASE_OBJECT)) found.add(PREDEFINED.pg_database_owner);
    }
    return found;
  }

  isSuperuser(role: number): boolean {
    return this.roles.get(role)?.superuser ?? false;
  }

  /** Whether `role` could SET ROLE to `group`. */
  isMember(role: number, group: number): boolean {
    return this.isSuperuser(role) || this.rolesOf(role, false).has(group);
  }

  /** Whether `role` has the rights of `group` as it is. */
  hasRightsOf(role: number, group: number): boolean {
    return this.isSuperuser(role) || this.rolesOf(role, true).has(group);
  }

  /** The privileges of `role` on an object as a whole. */
  privileges(role: number, oid: number, kind: AclKind): number {
    if (this.isSuperuser(role)) return ALL_PRIVILEGES[kind];
    const roles = this.rolesOf(role, true);
    let bits = granted(this.aclOf(oid, kind), roles);
    if (roles.has(PREDEFINED.pg_read_all_data)) {
      if (kind === "relation") bits |= PRIVILEGE.select;
      if (kind === "schema") bits |= PRIVILEGE.usage;
    }
    return bits;
  }

  /** The privileges of `role` on one column beyond those on its relation. */
  columnPrivileges(role: number, oid: number, column: number): number {
    const acl = this.columnAcls(oid).get(column);
    return acl === undefined ? 0 : granted(acl, this.rolesOf(role, true));
  }

  /** The ACL an object starts with that `role` makes in `schema`; undefined where by default. */
  aclOfNew(role: number, kind: "relation" | "schema", schema: number | undefined): Acl | undefined {
    const rules = this.defaults.filter((rule) => rule.role === role && rule.kind === kind);
    const everywhere = rules.find((rule) => rule.schema === undefined);
    const here = rules.find((rule) => rule.schema !== undefined && rule.schema === schema);
    if (everywhere === undefined && here === undefined) return undefined;
    let acl = everywhere?.acl ?? defaultAcl(kind, role);
    for (const { grantee, grantor, privileges, grantable } of here?.acl ?? []) {
      acl = withGrant(acl, grantee, grantor, privileges, grantable);
    }
    return acl;
  }

  /** Settings under just this scope. */
  settingsOf(role: number | undefined, database: string | undefined): readonly RoleSetting[] {
    if (role !== undefined && database === undefined) return this.roles.get(role)?.settings ?? [];
    const is = (each: ScopedSettings): boolean => each.role === role && each.database === database;
    return this.scopedSettings.find(is)?.settings ?? [];
  }

  /** What a session starts with: what is said later goes before what is said earlier. */
  sessionSettings(role: number | undefined, database: string): readonly RoleSetting[] {
    return [
      ...this.settingsOf(undefined, undefined),
      ...this.settingsOf(undefined, database),
      ...(role === undefined ? [] : this.settingsOf(role, undefined)),
      ...(role === undefined ? [] : this.settingsOf(role, database)),
    ];
  }

  withSettings(
    role: number | undefined,
    database: string | undefined,
    settings: readonly RoleSetting[],
  ): SecurityVersion {
    const own = role === undefined ? undefined : this.roles.get(role);
    if (own !== undefined && database === undefined) return this.withRole({ ...own, settings });
    const others = this.scopedSettings.filter(
      (each) => each.role !== role || each.database !== database,
    );
    const added = settings.length === 0 ? [] : [{ role, database, settings }];
    return this.changed({ scopedSettings: [...others, ...added] });
  }

  withRole(role: Role): SecurityVersion {
    return this.changed({ roles: new Map(this.roles).set(role.oid, role) });
  }

  withoutRole(oid: number): SecurityVersion {
    const roles = new Map(this.roles);
    roles.delete(oid);
    const memberships = this.memberships.filter(
      ({ role, member }) => role !== oid && member !== oid,
    );
    const scopedSettings = this.scopedSettings.filter(({ role }) => role !== oid);
    return this.changed({ roles, memberships, scopedSettings });
  }

  withMemberships(memberships: readonly Membership[]): SecurityVersion {
    return this.changed({ memberships });
  }

  withDefaults(defaults: readonly DefaultPrivileges[]): SecurityVersion {
    return this.changed({ defaults });
  }

  withOwner(oid: number, owner: number): SecurityVersion {
    return this.withObject(oid, { ...this.access(oid), owner });
  }

  withAcl(oid: number, acl: Acl | undefined): SecurityVersion {
    return this.withObject(oid, { ...this.access(oid), acl });
  }

  /** An ACL without items is none. */
  withColumnAcl(oid: number, column: number, acl: Acl): SecurityVersion {
    const access = this.access(oid);
    const columns = new Map(access.columns).set(column, acl);
    if (acl.length === 0) columns.delete(column);
    return this.withObject(oid, { ...access, columns });
  }

  withObject(oid: number, access: ObjectAccess): SecurityVersion {
    return this.changed({ objects: new Map(this.objects).set(oid, access) });
  }

  /** Objects are gone, and default privileges of schemas among them. */
  withoutObjects(oids: readonly number[]): SecurityVersion {
    const objects = new Map(this.objects);
    for (const oid of oids) objects.delete(oid);
    const defaults = this.defaults.filter(
      ({ schema }) => schema === undefined || !oids.includes(schema),
    );
    return this.changed({ objects, defaults });
  }

  /** Objects that `owner` has just made in `schema`. */
  withNewObjects(
    oids: readonly number[],
    kind: "relation" | "schema",
    owner: number,
    schema: number | undefined,
  ): SecurityVersion {
    const acl = this.aclOfNew(owner, kind, schema);
    if (owner === BOOTSTRAP_ROLE && acl === undefined) return this;
    const objects = new Map(this.objects);
    for (const oid of oids) objects.set(oid, { owner, acl, columns: new Map() });
    return this.changed({ objects });
  }

  access(oid: number): ObjectAccess {
    return this.objects.get(oid) ?? NO_ACCESS;
  }

  private changed(parts: {
    readonly roles?: ReadonlyMap<number, Role>;
    readonly memberships?: readonly Membership[];
    readonly objects?: ReadonlyMap<number, ObjectAccess>;
    readonly defaults?: readonly DefaultPrivileges[];
    readonly scopedSettings?: readonly ScopedSettings[];
  }): SecurityVersion {
    return new SecurityVersion(
      parts.roles ?? this.roles,
      parts.memberships ?? this.memberships,
      parts.objects ?? this.objects,
      parts.defaults ?? this.defaults,
      parts.scopedSettings ?? this.scopedSettings,
    );
  }
}

function granted(acl: Acl, roles: ReadonlySet<number>): number {
  let bits = 0;
  for (const { grantee, privileges } of acl) {
    if (grantee === 0 || roles.has(grantee)) bits |= privileges;
  }
  return bits;
}
