import type { Definitions } from "../../../catalog/index.js";
import { grantorMustBeCurrentUser, mustBeSuperuserTo, unreachable } from "../../../errors/index.js";
import type { AccessCommand, AccessControl } from "../../../parser/index.js";
import type { StatementContext } from "../../planner.js";
import type { PlanningServices } from "../services.js";
import { actorOf, namedRole } from "./actor.js";
import { defaultPrivileges } from "./default-privileges.js";
import { grant } from "./grants.js";
import { withMembers, withoutMembers } from "./memberships.js";
import { alterOwner, dropOwned, reassignOwned } from "./ownership.js";
import { alterRole, alterRoleSet, createRole, dropRole, renameRole } from "./role-commands.js";
import { settledOptions } from "./role-options.js";

/** Runs a statement about roles and their rights. */
export async function accessControl(
  { command }: AccessControl,
  definitions: Definitions,
  { random, evaluator }: PlanningServices,
  context: StatementContext,
): Promise<void> {
  switch (command.kind) {
    case "createRole":
    case "alterRole": {
      const options = await settledOptions(command.options, random, evaluator, context);
      if (command.kind === "createRole") createRole(command, options, definitions, context);
      else alterRole(command, options, definitions, context);
      return;
    }
    case "alterRoleSet":
      return alterRoleSet(command, definitions, context);
    case "dropRole":
      return dropRole(command, definitions, context);
    case "renameRole":
      return renameRole(command, definitions, context);
    case "grantRole":
      return grantRole(command, definitions, context);
    case "grant":
      return grant(command, definitions, context);
    case "defaultPrivileges":
      return defaultPrivileges(command, definitions, context);
    case "alterOwner":
      return alterOwner(command, definitions, context);
    case "reassignOwned":
      return reassignOwned(command, definitions, context);
    case "dropOwned":
      return dropOwned(command, definitions, context);
    default:
      return unreachable(command);
  }
}

function grantRole(
  { isGrant, roles, members, admin, grantor }: Extract<AccessCommand, { kind: "grantRole" }>,
  definitions: Definitions,
  context: StatementContext,
): void {
  definitions.changeSecurity((security) => {
    const actor = actorOf(context, security);
    if (grantor !== undefined) {
      const named = namedRole(grantor, actor, security);
      const isActor = named.oid === actor.currentUser;
      if (!isActor && !security.isSuperuser(actor.currentUser)) {
        throw mustBeSuperuserTo("set grantor");
      }
      if (!isActor) throw grantorMustBeCurrentUser();
    }
    let after = security;
    for (const role of roles) {
      const change = isGrant ? withMembers : withoutMembers;
      after = change(after, actor, role, members, admin, context.notice);
    }
    return after;
  });
}
