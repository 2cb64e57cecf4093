import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ManualClock } from "../../testing/manual-clock.js";
import { SeededRandom } from "../../testing/seeded-random.js";
import { MetadataStore } from "../store/metadata-store.js";
import { aclText, defaultAcl, PRIVILEGE, withGrant, withoutGrant } from "./acl.js";
import { BOOTSTRAP_ROLE, newRole, PREDEFINED } from "./role.js";
import { SecurityVersion } from "./security-version.js";

const OBJECT = 20_000;

test("roles and rights are on the disk what they are in memory", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-roles-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const open = (): MetadataStore =>
    MetadataStore.open(folder, new ManualClock(), new SeededRandom(1));
  let store = open();
  let version = store.load();
  assert.ok(version.security.isOpen);
  version = store.changeSecurity(version, (newOid) => {
    const oid = newOid();
    const acl = withGrant(defaultAcl("relation", oid), 0, oid, PRIVILEGE.select, 0);
    return version.security
      .withRole({ ...newRole(oid, "ann"), verifier: "v", connectionLimit: 3 })
      .withMemberships([
        ...version.security.memberships,
        { role: PREDEFINED.pg_monitor, member: oid, grantor: BOOTSTRAP_ROLE, admin: true },
      ])
      .withOwner(OBJECT, oid)
      .withAcl(OBJECT, acl)
      .withColumnAcl(OBJECT, 2, withGrant([], 0, oid, PRIVILEGE.select, 0))
      .withDefaults([{ role: oid, schema: undefined, kind: "relation", acl }]);
  });
  version = store.createSchema(version, "s", version.security.roleNamed("ann")?.oid);
  const kept = version.security;
  store.close();
  store = open();
  const { security } = store.load();
  assert.ok(!security.isOpen);
  for (const part of ["roles", "memberships", "objects", "defaults"] as const) {
    assert.deepEqual(security[part], kept[part], part);
  }
  const ann = security.roleNamed("ann")?.oid ?? 0;
  const schema = store.load().schemas.get("s");
  assert.equal(security.ownerOf(schema?.oid ?? 0), ann);
  // What is dropped takes its rights along.
  const after = store.drop(store.load(), schema === undefined ? [] : [schema], []);
  assert.equal(after.security.objects.has(schema?.oid ?? 0), false);
  store.close();
});

test("membership: by inheritance, or only by SET ROLE", () => {
  const member = { grantor: BOOTSTRAP_ROLE, admin: false };
  const security = SecurityVersion.initial()
    .withRole(newRole(101, "a"))
    .withRole({ ...newRole(102, "b"), inherit: false })
    .withRole(newRole(103, "c"))
    .withMemberships([
      { role: 102, member: 101, ...member },
      { role: 103, member: 102, ...member },
    ]);
  assert.deepEqual([...security.rolesOf(101, false)], [101, 102, 103]);
  assert.deepEqual([...security.rolesOf(101, true)], [101, 102]);
  assert.ok(security.isMember(101, 103) && !security.hasRightsOf(101, 103));
  assert.ok(!security.isMember(103, 101));
});

test("ACLs as PostgreSQL shows them", () => {
  const names = new Map([
    [1, "own"],
    [2, "a b"],
  ]);
  const nameOf = (role: number): string => names.get(role) ?? "";
  let acl = defaultAcl("relation", 1);
  acl = withGrant(acl, 2, 1, PRIVILEGE.select | PRIVILEGE.insert, PRIVILEGE.select);
  acl = withGrant(acl, 0, 1, PRIVILEGE.select, 0);
  assert.equal(aclText(acl, nameOf), '{own=arwdDxt/own,"a b"=ar*/own,=r/own}');
  acl = withoutGrant(acl, 2, 1, 0, PRIVILEGE.select);
  acl = withoutGrant(acl, 0, 1, PRIVILEGE.select, 0);
  assert.equal(aclText(acl, nameOf), '{own=arwdDxt/own,"a b"=ar/own}');
});
