import assert from "node:assert/strict";
import { test } from "node:test";
import { aclText, defaultAcl, PRIVILEGE, withGrant, withoutGrant } from "./acl.js";
import { BOOTSTRAP_ROLE, newRole } from "./role.js";
import { SecurityVersion } from "./security-version.js";

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
