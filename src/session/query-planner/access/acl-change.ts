import {
  grantableBy,
  withGrant,
  withoutGrant,
  type Acl,
  type SecurityVersion,
} from "../../../catalog/index.js";
import { circularGrant, dependentPrivileges } from "../../../errors/index.js";

/** One GRANT or REVOKE on one object, with everything looked up. */
export interface AclChange {
  readonly isGrant: boolean;
  readonly privileges: number;
  readonly grantees: readonly number[];
  readonly grantOption: boolean;
  readonly cascade: boolean;
}

/** Who the actor grants as: the owner where it may, else a role of its that holds most of it. */
export function bestGrantor(
  actor: number,
  wanted: number,
  acl: Acl,
  owner: number,
  security: SecurityVersion,
): { readonly grantor: number; readonly available: number } {
  if (security.hasRightsOf(actor, owner)) return { grantor: owner, available: ~0 };
  let best = { grantor: actor, available: 0 };
  for (const role of security.rolesOf(actor, true)) {
    const available = grantableBy(acl, role, owner) & wanted;
    if (available === wanted) return { grantor: role, available };
    if (bitCount(available) > bitCount(best.available)) best = { grantor: role, available };
  }
  return best;
}

export function changedAcl(acl: Acl, change: AclChange, grantor: number, owner: number): Acl {
  let result = acl;
  for (const grantee of change.grantees) {
    result = change.isGrant
      ? grantedTo(result, change, grantee, grantor, owner)
      : revokedFrom(result, change, grantee, grantor, owner);
  }
  return result;
}

function grantedTo(
  acl: Acl,
  { privileges, grantOption }: AclChange,
  grantee: number,
  grantor: number,
  owner: number,
): Acl {
  if (grantOption) checkNotCircular(acl, grantee, grantor, owner, privileges);
  return withGrant(acl, grantee, grantor, privileges, grantOption ? privileges : 0);
}

/** Nobody's grant option may hang on itself. */
function checkNotCircular(
  acl: Acl,
  grantee: number,
  grantor: number,
  owner: number,
  privileges: number,
): void {
  if (grantee === owner) throw circularGrant();
  const sources = new Set([grantor]);
  for (const source of sources) {
    if (source === grantee) throw circularGrant();
    for (const item of acl) {
      if (item.grantee === source && (item.grantable & privileges) !== 0) sources.add(item.grantor);
    }
  }
}

function revokedFrom(
  acl: Acl,
  { privileges, grantOption, cascade }: AclChange,
  grantee: number,
  grantor: number,
  owner: number,
): Acl {
  const before = grantableBy(acl, grantee, owner);
  const result = withoutGrant(acl, grantee, grantor, grantOption ? 0 : privileges, privileges);
  const lost = before & ~grantableBy(result, grantee, owner);
  return lost === 0 ? result : withoutDependents(result, grantee, lost, owner, cascade);
}

/** Takes back what a role granted on with grant options it has lost. */
function withoutDependents(
  acl: Acl,
  role: number,
  lost: number,
  owner: number,
  cascade: boolean,
): Acl {
  let result = acl;
  for (const item of acl) {
    const gone = item.privileges & lost;
    if (item.grantor !== role || gone === 0) continue;
    if (!cascade) throw dependentPrivileges();
    const before = grantableBy(result, item.grantee, owner);
    result = withoutGrant(result, item.grantee, role, gone, gone);
    const further = before & ~grantableBy(result, item.grantee, owner);
    if (further !== 0) result = withoutDependents(result, item.grantee, further, owner, cascade);
  }
  return result;
}

function bitCount(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count += 1;
  return count;
}
