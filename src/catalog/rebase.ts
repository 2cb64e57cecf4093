import { isDeepStrictEqual } from "node:util";
import {
  concurrentlyChanged,
  duplicateRelation,
  duplicateRole,
  duplicateSchema,
} from "../errors/index.js";
import { CatalogVersion, type RelationEntry } from "./catalog-version.js";
import type { CatalogDraft } from "./definitions.js";
import type { Acl } from "./security/acl.js";
import { PUBLIC_GRANTEE, type Membership } from "./security/role.js";
import {
  DATABASE_OBJECT,
  SecurityVersion,
  SERVER_OBJECT,
  type DefaultPrivileges,
  type ScopedSettings,
} from "./security/security-version.js";

/** What comments on the database itself are kept under; no object of the catalog has it. */
export const DATABASE_COMMENT = 1;

const SINGLE_OBJECTS: ReadonlySet<number> = new Set([
  DATABASE_OBJECT,
  SERVER_OBJECT,
  DATABASE_COMMENT,
]);

/**
 * The draft's changes made to what others have committed since. Who comes first wins: 40001 where
 * both changed one thing or one took away what the other needs, and the usual errors where both took
 * one name.
 */
export function rebased({ base, version: mine }: CatalogDraft, onto: CatalogVersion) {
  if (onto === base) return mine;
  const schemas = merged(base.schemas, mine.schemas, onto.schemas, ({ name }, isNew) =>
    isNew ? duplicateSchema(name) : concurrentlyChanged(`schema "${name}"`),
  );
  const relations = merged(base.relations, mine.relations, onto.relations, changedRelation);
  const security = mergedSecurity(base.security, mine.security, onto.security);
  const comments = merged(base.comments, mine.comments, onto.comments, ({ oid }) =>
    concurrentlyChanged(`the comment on ${nameOf(oid, onto)}`),
  );
  const result = new CatalogVersion(onto.number, { schemas, relations, security, comments });
  checkRelations(result);
  checkRoles(result);
  for (const [key, { oid }] of mine.comments) {
    if (!base.comments.has(key) && !isThere(oid, result)) throw goneMeanwhile(oid, base);
  }
  for (const [oid, access] of mine.security.objects) {
    const isMine = base.security.objects.get(oid) !== access;
    if (isMine && !isThere(oid, result)) throw goneMeanwhile(oid, base);
  }
  return result;
}

/** Both changes to what there was; `clash` makes the error where they meet. */
function merged<K, V>(
  base: ReadonlyMap<K, V>,
  mine: ReadonlyMap<K, V>,
  theirs: ReadonlyMap<K, V>,
  clash: (value: V, isNew: boolean) => Error,
): ReadonlyMap<K, V> {
  if (mine === base) return theirs;
  const result = new Map(theirs);
  for (const [key, value] of mine) {
    const before = base.get(key);
    if (before === value) continue;
    if (!same(theirs.get(key), before)) throw clash(value, before === undefined);
    result.set(key, value);
  }
  for (const [key, before] of base) {
    if (mine.has(key)) continue;
    if (!same(theirs.get(key), before)) throw clash(before, false);
    result.delete(key);
  }
  return result;
}

/** Definitions that were read again are other objects that say the same. */
function same(a: unknown, b: unknown): boolean {
  return a === b || isDeepStrictEqual(a, b);
}

function changedRelation({ name }: RelationEntry): Error {
  return concurrentlyChanged(`relation "${name}"`);
}

function mergedSecurity(
  base: SecurityVersion,
  mine: SecurityVersion,
  theirs: SecurityVersion,
): SecurityVersion {
  if (mine === base) return theirs;
  const roles = merged(base.roles, mine.roles, theirs.roles, ({ name }) =>
    concurrentlyChanged(`role "${name}"`),
  );
  const memberships = mergedList(
    [base, mine, theirs].map(({ memberships: each }) => each),
    ({ role, member }: Membership) => `${String(role)} ${String(member)}`,
    ({ role }) => concurrentlyChanged(`the members of role "${theirs.nameOf(role)}"`),
  );
  const objects = merged(base.objects, mine.objects, theirs.objects, () =>
    concurrentlyChanged("the privileges on an object"),
  );
  const defaults = mergedList(
    [base, mine, theirs].map((each) => each.defaults),
    ({ role, schema, kind }: DefaultPrivileges) => `${String(role)} ${String(schema)} ${kind}`,
    ({ role }) => concurrentlyChanged(`the default privileges of role "${theirs.nameOf(role)}"`),
  );
  const settings = mergedList(
    [base, mine, theirs].map(({ scopedSettings }) => scopedSettings),
    ({ role, database }: ScopedSettings) => `${String(role)} ${String(database)}`,
    () => concurrentlyChanged("the settings of roles"),
  );
  return new SecurityVersion(roles, memberships, objects, defaults, settings);
}

function mergedList<T>(
  lists: readonly (readonly T[])[],
  keyOf: (item: T) => string,
  clash: (item: T) => Error,
): readonly T[] {
  const [base = [], mine = [], theirs = []] = lists;
  if (mine === base) return theirs;
  const [before, changed, others] = [base, mine, theirs].map(
    (list) => new Map(list.map((item) => [keyOf(item), item])),
  );
  if (before === undefined || changed === undefined || others === undefined) return theirs;
  return [...merged(before, changed, others, clash).values()];
}

/** Names differ, and what relations stand on is there. */
function checkRelations({ schemas, relations }: CatalogVersion): void {
  const names = new Set<string>();
  for (const entry of relations.values()) {
    const key = `${entry.schema}\0${entry.name}`;
    if (names.has(key)) throw duplicateRelation(entry.name);
    names.add(key);
    const readsAll = entry.kind !== "view" || entry.reads.every((oid) => relations.has(oid));
    if (!schemas.has(entry.schema) || !readsAll) throw changedRelation(entry);
  }
}

/** Names differ, and whoever is mentioned is there. */
function checkRoles({ schemas, security }: CatalogVersion): void {
  const { roles, memberships, objects, defaults } = security;
  const names = new Set<string>();
  for (const { name } of roles.values()) {
    if (names.has(name)) throw duplicateRole(name);
    names.add(name);
  }
  const check = (...mentioned: readonly number[]): void => {
    if (mentioned.every((oid) => oid === PUBLIC_GRANTEE || roles.has(oid))) return;
    throw concurrentlyChanged("a role");
  };
  const checkAcl = (acl: Acl): void => {
    for (const { grantee, grantor } of acl) check(grantee, grantor);
  };
  for (const { role } of security.scopedSettings) check(role ?? PUBLIC_GRANTEE);
  for (const { role, member } of memberships) check(role, member);
  for (const { owner, acl, columns } of objects.values()) {
    if (owner !== undefined) check(owner);
    for (const each of [acl ?? [], ...columns.values()]) checkAcl(each);
  }
  const schemaOids = new Set([...schemas.values()].map(({ oid }) => oid));
  for (const { role, schema, acl } of defaults) {
    check(role);
    checkAcl(acl);
    if (schema !== undefined && !schemaOids.has(schema)) throw concurrentlyChanged("a schema");
  }
}

function isThere(oid: number, { schemas, relations }: CatalogVersion): boolean {
  if (SINGLE_OBJECTS.has(oid) || relations.has(oid)) return true;
  return [...schemas.values()].some((schema) => schema.oid === oid);
}

function goneMeanwhile(oid: number, base: CatalogVersion): Error {
  return concurrentlyChanged(nameOf(oid, base));
}

function nameOf(oid: number, { schemas, relations }: CatalogVersion): string {
  const relation = relations.get(oid);
  if (relation !== undefined) return `relation "${relation.name}"`;
  const schema = [...schemas.values()].find((each) => each.oid === oid);
  return schema === undefined ? "an object" : `schema "${schema.name}"`;
}
