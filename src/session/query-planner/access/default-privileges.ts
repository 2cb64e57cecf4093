import {
  defaultAcl,
  PRIVILEGE,
  type Definitions,
  type DefaultPrivileges,
  type SecurityVersion,
} from "../../../catalog/index.js";
import {
  defaultPrivilegesInSchema,
  mustBeMember,
  permissionDenied,
  undefinedObjectOfKind,
} from "../../../errors/index.js";
import type { AccessCommand } from "../../../parser/index.js";
import type { StatementContext } from "../../planner.js";
import { changedAcl, type AclChange } from "./acl-change.js";
import { actorOf, namedRole } from "./actor.js";
import { granteesOf } from "./grants.js";
import { wholePrivileges } from "./privilege-words.js";

type Command = Extract<AccessCommand, { kind: "defaultPrivileges" }>;

const KINDS = {
  tables: "relation",
  schemas: "schema",
  sequences: "sequence",
  functions: "function",
  types: "type",
} as const satisfies Record<Command["objects"], DefaultPrivileges["kind"]>;

/** ALTER DEFAULT PRIVILEGES. */
export function defaultPrivileges(
  { roles, schemas, objects, change }: Command,
  definitions: Definitions,
  context: StatementContext,
): void {
  definitions.changeSecurity((security) => {
    const actor = actorOf(context, security);
    const kind = KINDS[objects];
    if (kind === "schema" && schemas.length > 0) throw defaultPrivilegesInSchema();
    const { bits } = wholePrivileges(change.privileges, kind);
    const { isGrant, grantOption, cascade } = change;
    const grantees = granteesOf(change, actor, security);
    const settled: AclChange = { isGrant, privileges: bits, grantees, grantOption, cascade };
    const named = roles.map((role) => namedRole(role, actor, security).oid);
    let after = security;
    for (const role of named.length > 0 ? named : [actor.currentUser]) {
      if (!security.isMember(actor.currentUser, role)) throw mustBeMember(security.nameOf(role));
      const places = schemas.map((name) => {
        const schema = definitions.current.schemas.get(name);
        if (schema === undefined) throw undefinedObjectOfKind("schema", name);
        const held = security.privileges(role, schema.oid, "schema");
        if ((held & PRIVILEGE.create) === 0) throw permissionDenied("schema", name);
        return schema.oid;
      });
      for (const schema of places.length > 0 ? places : [undefined]) {
        after = withRule(after, { role, schema, kind }, settled);
      }
    }
    return after;
  });
}

function withRule(
  security: SecurityVersion,
  rule: Omit<DefaultPrivileges, "acl">,
  change: AclChange,
): SecurityVersion {
  const { role, schema, kind } = rule;
  const is = (each: DefaultPrivileges): boolean =>
    each.role === role && each.schema === schema && each.kind === kind;
  const standard = schema === undefined ? defaultAcl(kind, role) : [];
  const before = security.defaults.find(is)?.acl ?? standard;
  const acl = changedAcl(before, change, role, role);
  const others = security.defaults.filter((each) => !is(each));
  const isStandard = JSON.stringify(acl) === JSON.stringify(standard);
  return security.withDefaults(isStandard ? others : [...others, { ...rule, acl }]);
}
