import type { Acl } from "../security/acl.js";
import type { Membership, Role, RoleSetting } from "../security/role.js";
import {
  SecurityVersion,
  type DefaultPrivileges,
  type ObjectAccess,
  type ScopedSettings,
} from "../security/security-version.js";
import {
  forEach,
  insertion,
  statement,
  text,
  type StorePlace,
  type StoreStatement,
  type StoreValue,
} from "./store-place.js";

/** Column 0 of millrace_object_access is the object as a whole. */
const WHOLE = 0;

const EVERY_ROLE = 0;
const EVERY_DATABASE = "";

const NOBODY = new SecurityVersion(new Map(), [], new Map(), []);

/** Roles and rights; of a store that has none yet, what a new one starts with. */
export async function loadSecurity(place: StorePlace): Promise<SecurityVersion> {
  const roles = await place.rows("SELECT * FROM millrace_role ORDER BY role_id");
  const memberships = await place.rows("SELECT * FROM millrace_role_member ORDER BY list_order");
  const defaults = await place.rows("SELECT * FROM millrace_default_access ORDER BY list_order");
  return new SecurityVersion(
    new Map(
      roles.map((row): [number, Role] => {
        const attributes = JSON.parse(text(row["attributes"])) as Omit<Role, "oid" | "name">;
        const oid = Number(row["role_id"]);
        return [oid, { ...attributes, oid, name: text(row["name"]) }];
      }),
    ),
    memberships.map((row): Membership => ({
      role: Number(row["role_id"]),
      member: Number(row["member_id"]),
      grantor: Number(row["grantor_id"]),
      admin: Number(row["admin"]) !== 0,
    })),
    await loadObjects(place),
    defaults.map((row): DefaultPrivileges => ({
      role: Number(row["role_id"]),
      schema: row["schema_id"] === null ? undefined : Number(row["schema_id"]),
      kind: text(row["kind"]) as DefaultPrivileges["kind"],
      acl: JSON.parse(text(row["acl"])) as Acl,
    })),
    await loadSettings(place),
  );
}

/** What to write for roles and rights of a store that has none. */
export function firstSecurity(): readonly StoreStatement[] {
  return securityChanges(NOBODY, SecurityVersion.initial());
}

/** What to write for roles and rights that differ. */
export function securityChanges(
  before: SecurityVersion,
  after: SecurityVersion,
): readonly StoreStatement[] {
  if (before === after) return [];
  const roles = [...after.roles].filter(([oid, role]) => before.roles.get(oid) !== role);
  const objects = [...after.objects].filter(([oid, each]) => before.objects.get(oid) !== each);
  return [
    ...forEach("DELETE FROM millrace_role WHERE role_id = ?", replaced(before.roles, after.roles)),
    ...insertion(
      "millrace_role",
      roles.map(([oid, role]) => roleRow(oid, role)),
    ),
    ...(before.memberships === after.memberships ? [] : membershipChanges(after.memberships)),
    ...forEach(
      "DELETE FROM millrace_object_access WHERE object_id = ?",
      replaced(before.objects, after.objects),
    ),
    ...insertion(
      "millrace_object_access",
      objects.flatMap(([oid, access]) => objectRows(oid, access)),
    ),
    ...(before.defaults === after.defaults ? [] : defaultChanges(after.defaults)),
    ...settingChanges(before.scopedSettings, after.scopedSettings),
  ];
}

/** Keys whose value is another one afterwards, or none. */
function replaced<V>(before: ReadonlyMap<number, V>, after: ReadonlyMap<number, V>) {
  return [...before].filter(([key, value]) => after.get(key) !== value).map(([key]) => key);
}

function roleRow(oid: number, { name, ...role }: Role): readonly StoreValue[] {
  const attributes = JSON.stringify({ ...role, oid: undefined });
  return [oid, name, attributes];
}

function membershipChanges(memberships: readonly Membership[]): readonly StoreStatement[] {
  const rows = memberships.map(({ role, member, grantor, admin }, index): readonly StoreValue[] => {
    return [role, member, grantor, Number(admin), index];
  });
  return [
    statement("DELETE FROM millrace_role_member"),
    ...insertion("millrace_role_member", rows),
  ];
}

function objectRows(
  oid: number,
  { owner, acl, columns }: ObjectAccess,
): readonly (readonly StoreValue[])[] {
  return [
    [oid, WHOLE, owner ?? null, acl === undefined ? null : JSON.stringify(acl)],
    ...[...columns].map(([column, each]): readonly StoreValue[] => {
      return [oid, column, null, JSON.stringify(each)];
    }),
  ];
}

function defaultChanges(defaults: readonly DefaultPrivileges[]): readonly StoreStatement[] {
  const rows = defaults.map(({ role, schema, kind, acl }, index): readonly StoreValue[] => {
    return [role, schema ?? null, kind, JSON.stringify(acl), index];
  });
  return [
    statement("DELETE FROM millrace_default_access"),
    ...insertion("millrace_default_access", rows),
  ];
}

function settingChanges(
  before: readonly ScopedSettings[],
  after: readonly ScopedSettings[],
): readonly StoreStatement[] {
  if (before === after) return [];
  const rows = after.map(({ role, database, settings }): readonly StoreValue[] => {
    return [role ?? EVERY_ROLE, database ?? EVERY_DATABASE, JSON.stringify(settings)];
  });
  const table = "millrace_scoped_setting";
  return [statement(`DELETE FROM ${table}`), ...insertion(table, rows)];
}

async function loadSettings(place: StorePlace): Promise<readonly ScopedSettings[]> {
  const rows = await place.rows("SELECT * FROM millrace_scoped_setting ORDER BY 1, 2");
  return rows.map((row) => {
    const [role, database] = [Number(row["role_id"]), text(row["database_name"])];
    return {
      role: role === EVERY_ROLE ? undefined : role,
      database: database === EVERY_DATABASE ? undefined : database,
      settings: JSON.parse(text(row["settings"])) as readonly RoleSetting[],
    };
  });
}

async function loadObjects(place: StorePlace): Promise<ReadonlyMap<number, ObjectAccess>> {
  const objects = new Map<number, ObjectAccess>();
  const sql = "SELECT * FROM millrace_object_access ORDER BY object_id, column_order";
  for (const row of await place.rows(sql)) {
    const oid = Number(row["object_id"]);
    const column = Number(row["column_order"]);
    const acl = row["acl"] === null ? undefined : (JSON.parse(text(row["acl"])) as Acl);
    const before = objects.get(oid);
    if (column === WHOLE) {
      const owner = row["owner_id"] === null ? undefined : Number(row["owner_id"]);
      objects.set(oid, { owner, acl, columns: new Map() });
    } else if (before !== undefined && acl !== undefined) {
      objects.set(oid, { ...before, columns: new Map(before.columns).set(column, acl) });
    }
  }
  return objects;
}
