/** Privileges as bits; the letters are those of PostgreSQL's aclitem, in its order. */
export const PRIVILEGE = {
  insert: 1 << 0,
  select: 1 << 1,
  update: 1 << 2,
  delete: 1 << 3,
  truncate: 1 << 4,
  references: 1 << 5,
  trigger: 1 << 6,
  execute: 1 << 7,
  usage: 1 << 8,
  create: 1 << 9,
  temporary: 1 << 10,
  connect: 1 << 11,
} as const;

export type PrivilegeName = keyof typeof PRIVILEGE;

const LETTERS = "arwdDxtXUCTc";

/** One grantor's grants to one grantee, as bits. What is grantable is held as well. */
export interface AclItem {
  /** PUBLIC_GRANTEE is everybody. */
  readonly grantee: number;
  readonly grantor: number;
  readonly privileges: number;
  readonly grantable: number;
}

export type Acl = readonly AclItem[];

/** Kinds of objects that have ACLs. */
export type AclKind =
  "relation" | "column" | "schema" | "database" | "server" | "sequence" | "function" | "type";

const P = PRIVILEGE;
const RELATION = P.insert | P.select | P.update | P.delete | P.truncate | P.references | P.trigger;

/** All there is to grant on each kind of object. */
export const ALL_PRIVILEGES: Readonly<Record<AclKind, number>> = {
  relation: RELATION,
  column: P.insert | P.select | P.update | P.references,
  schema: P.usage | P.create,
  database: P.create | P.temporary | P.connect,
  server: P.usage,
  sequence: P.usage | P.select | P.update,
  function: P.execute,
  type: P.usage,
};

const PUBLIC_BY_DEFAULT: Readonly<Record<AclKind, number>> = {
  relation: 0,
  column: 0,
  schema: 0,
  database: P.temporary | P.connect,
  server: 0,
  sequence: 0,
  function: P.execute,
  type: P.usage,
};

/** What holds where nothing was granted or revoked yet. */
export function defaultAcl(kind: AclKind, owner: number): Acl {
  const everybody = PUBLIC_BY_DEFAULT[kind];
  const items: AclItem[] = [];
  if (everybody !== 0) {
    items.push({ grantee: 0, grantor: owner, privileges: everybody, grantable: 0 });
  }
  if (kind !== "column") {
    items.push({ grantee: owner, grantor: owner, privileges: ALL_PRIVILEGES[kind], grantable: 0 });
  }
  return items;
}

/** The ACL with more granted by `grantor` to `grantee`. */
export function withGrant(
  acl: Acl,
  grantee: number,
  grantor: number,
  privileges: number,
  grantable: number,
): Acl {
  const at = acl.findIndex((item) => item.grantee === grantee && item.grantor === grantor);
  const before = acl[at];
  if (before === undefined) return [...acl, { grantee, grantor, privileges, grantable }];
  const item = {
    ...before,
    privileges: before.privileges | privileges,
    grantable: before.grantable | grantable,
  };
  return acl.map((each, index) => (index === at ? item : each));
}

/** The ACL without what `grantor` granted to `grantee`; an item without privileges is gone. */
export function withoutGrant(
  acl: Acl,
  grantee: number,
  grantor: number,
  privileges: number,
  grantable: number,
): Acl {
  return acl.flatMap((item) => {
    if (item.grantee !== grantee || item.grantor !== grantor) return [item];
    const left = {
      ...item,
      privileges: item.privileges & ~privileges,
      grantable: item.grantable & ~(privileges | grantable),
    };
    return left.privileges === 0 ? [] : [left];
  });
}

/** The privileges that `role` holds the grant option for, from whomever; all for the owner. */
export function grantableBy(acl: Acl, role: number, owner: number): number {
  if (role === owner) return ~0;
  let bits = 0;
  for (const item of acl) if (item.grantee === role) bits |= item.grantable;
  return bits;
}

/** The same ACL with the new owner in the place of the old one, as ALTER … OWNER leaves it. */
export function withOwner(acl: Acl, before: number, after: number): Acl {
  const renamed = (role: number): number => (role === before ? after : role);
  let result: Acl = [];
  for (const { grantee, grantor, privileges, grantable } of acl) {
    result = withGrant(result, renamed(grantee), renamed(grantor), privileges, grantable);
  }
  return result;
}

/** An ACL as pg_class.relacl shows it: `{owner=arwdDxt/owner,=r/owner}`. */
export function aclText(acl: Acl, nameOf: (role: number) => string): string {
  const items = acl.map(({ grantee, grantor, privileges, grantable }) => {
    const letters = [...LETTERS].map((letter, bit) => {
      const mask = 1 << bit;
      if ((privileges & mask) === 0) return "";
      return (grantable & mask) === 0 ? letter : `${letter}*`;
    });
    const who = grantee === 0 ? "" : quotedName(nameOf(grantee));
    return `${who}=${letters.join("")}/${quotedName(nameOf(grantor))}`;
  });
  return `{${items.join(",")}}`;
}

/** As aclitem's text has names. */
function quotedName(name: string): string {
  return /^[A-Za-z0-9_]+$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
