import { SqlError, type ErrorFields } from "../sql-error.js";

const NOTICE = { severity: "NOTICE" } as const;
const WARNING = { severity: "WARNING" } as const;

/** What privileges are held on, as PostgreSQL words it. */
export type SecuredKind =
  | "table"
  | "relation"
  | "foreign table"
  | "view"
  | "materialized view"
  | "schema"
  | "database"
  | "foreign server"
  | "function";

function refused(message: string, fields: ErrorFields = {}): SqlError {
  return new SqlError("insufficientPrivilege", message, fields);
}

// Rights on objects.

export function permissionDenied(kind: SecuredKind, name: string, position?: number): SqlError {
  return refused(`permission denied for ${kind} ${name}`).at(position);
}

export function mustBeOwner(kind: SecuredKind, name: string): SqlError {
  return refused(`must be owner of ${kind} ${name}`);
}

/** WARNING: the relation is passed over. */
export function onlyOwnerAnalyzes(name: string): SqlError {
  return new SqlError(
    "warning",
    `skipping "${name}" --- only table or database owner can analyze it`,
    WARNING,
  );
}

/** Files of the server's machine are not for everybody. */
export function mayNotReadFiles(functionName: string, position?: number): SqlError {
  return refused(`permission denied for function ${functionName}`, {
    detail:
      "Only roles with privileges of the pg_read_server_files role may read the server's files.",
  }).at(position);
}

export function mayNotNamePaths(): SqlError {
  return refused(
    "only superuser or a role with privileges of the pg_read_server_files role " +
      "may specify the path option of a foreign table",
  );
}

// Roles.

/** 42704, as DDL says it. */
export function roleDoesNotExist(name: string): SqlError {
  return new SqlError("undefinedObject", `role "${name}" does not exist`);
}

export function roleMissingSkipping(name: string): SqlError {
  return new SqlError("undefinedObject", `role "${name}" does not exist, skipping`, NOTICE);
}

export function duplicateRole(name: string): SqlError {
  return new SqlError("duplicateObject", `role "${name}" already exists`);
}

export function reservedRoleName(name: string, detail: string): SqlError {
  return new SqlError("reservedName", `role name "${name}" is reserved`, { detail });
}

export function invalidConnectionLimit(limit: number): SqlError {
  return new SqlError("invalidParameterValue", `invalid connection limit: ${String(limit)}`);
}

export function emptyPasswordCleared(): SqlError {
  return new SqlError(
    "successfulCompletion",
    "empty string is not a valid password, clearing password",
    NOTICE,
  );
}

export function md5NotSupported(): SqlError {
  return new SqlError("featureNotSupported", "MD5 password hashes are not supported", {
    hint: "Give the password itself, or its SCRAM-SHA-256 verifier.",
  });
}

/** `what`: "superusers", "replication users". */
export function mustBeSuperuserTo(what: string): SqlError {
  return refused(`must be superuser to ${what}`);
}

/** `what`: "create role", "drop role", "rename role"; nothing for ALTER ROLE. */
export function roleChangeDenied(what?: string): SqlError {
  return refused(what === undefined ? "permission denied" : `permission denied to ${what}`);
}

export function bootstrapMustBeSuperuser(): SqlError {
  return new SqlError("featureNotSupported", "permission denied to alter role", {
    detail: "The bootstrap user must have the SUPERUSER attribute.",
  });
}

/** `verb`: "dropped" or "renamed"; `whose`: "current" or "session". */
export function ownRoleInUse(whose: "current" | "session", verb: "dropped" | "renamed"): SqlError {
  const condition = verb === "dropped" ? "objectInUse" : "featureNotSupported";
  return new SqlError(condition, `${whose} user cannot be ${verb}`);
}

export function specialRoleInDrop(): SqlError {
  return new SqlError("invalidParameterValue", "cannot use special role specifier in DROP ROLE");
}

export function roleIsRequired(name: string): SqlError {
  return new SqlError(
    "dependentObjectsStillExist",
    `cannot drop role ${name} because it is required by the database system`,
  );
}

/** `lines`: one for each object, such as "owner of view v". */
export function roleHasDependents(name: string, lines: readonly string[]): SqlError {
  return new SqlError(
    "dependentObjectsStillExist",
    `role "${name}" cannot be dropped because some objects depend on it`,
    { detail: lines.join("\n") },
  );
}

/** Whoever may not act for another role. */
export function mustBeMember(role: string): SqlError {
  return refused(`must be member of role "${role}"`);
}

export function setRoleDenied(role: string): SqlError {
  return refused(`permission denied to set role "${role}"`);
}

export function setSessionAuthorizationDenied(): SqlError {
  return refused("permission denied to set session authorization");
}

// Memberships.

export function needsAdminOption(role: string): SqlError {
  return refused(`must have admin option on role "${role}"`);
}

export function circularMembership(role: string, member: string): SqlError {
  return new SqlError("invalidGrantOperation", `role "${role}" is a member of role "${member}"`);
}

export function alreadyMember(member: string, role: string): SqlError {
  const message = `role "${member}" is already a member of role "${role}"`;
  return new SqlError("duplicateObject", message, NOTICE);
}

export function notAMember(member: string, role: string): SqlError {
  const message = `role "${member}" is not a member of role "${role}"`;
  return new SqlError("warning", message, WARNING);
}

export function noExplicitMembers(role: string): SqlError {
  return new SqlError("invalidGrantOperation", `role "${role}" cannot have explicit members`);
}

export function cannotBeMember(role: string): SqlError {
  return new SqlError("invalidGrantOperation", `role "${role}" cannot be a member of any role`);
}

// Grants.

export function unknownPrivilege(name: string): SqlError {
  return new SqlError("syntaxError", `unrecognized privilege type "${name}"`);
}

/** `objects`: "relation", "column", "schema". */
export function wrongPrivilege(privilege: string, objects: string): SqlError {
  return new SqlError(
    "invalidGrantOperation",
    `invalid privilege type ${privilege.toUpperCase()} for ${objects}`,
  );
}

export function builtInPrivileges(objects: string): SqlError {
  const message = `privileges on built-in ${objects}s cannot be changed`;
  return new SqlError("featureNotSupported", message);
}

export function columnPrivilegesOnlyOnRelations(): SqlError {
  return new SqlError("invalidGrantOperation", "column privileges are only valid for relations");
}

export function grantOptionToPublic(): SqlError {
  return new SqlError("invalidGrantOperation", "grant options can only be granted to roles");
}

export function grantorMustBeCurrentUser(): SqlError {
  return new SqlError("featureNotSupported", "grantor must be current user");
}

export function defaultPrivilegesInSchema(): SqlError {
  return new SqlError(
    "invalidGrantOperation",
    "cannot use IN SCHEMA clause when using GRANT/REVOKE ON SCHEMAS",
  );
}

/** WARNING; `some`: a part of what was asked was done. `column` where it is one of a relation. */
export function privilegesLeftOut(
  isGrant: boolean,
  some: boolean,
  name: string,
  column?: string,
): SqlError {
  const what = column === undefined ? `"${name}"` : `column "${column}" of relation "${name}"`;
  const message = isGrant
    ? `${some ? "not all" : "no"} privileges were granted for ${what}`
    : `${some ? "not all" : "no"} privileges could be revoked for ${what}`;
  return new SqlError(isGrant ? "privilegeNotGranted" : "privilegeNotRevoked", message, WARNING);
}

export function dependentPrivileges(): SqlError {
  return new SqlError("dependentObjectsStillExist", "dependent privileges exist", {
    hint: "Use CASCADE to revoke them too.",
  });
}

export function circularGrant(): SqlError {
  return new SqlError(
    "invalidGrantOperation",
    "grant options cannot be granted back to your own grantor",
  );
}

/** 3D000, as DDL says it. */
export function databaseDoesNotExist(name: string): SqlError {
  return new SqlError("invalidCatalogName", `database "${name}" does not exist`);
}

export function objectsOfRoleDenied(verb: "reassign" | "drop"): SqlError {
  return refused(`permission denied to ${verb} objects`);
}
