import type { QualifiedName } from "./expression.js";
import type { Position } from "./position.js";
import type { TableName } from "./select.js";

/** A role as statements name it. */
export type RoleName =
  | { readonly kind: "named"; readonly name: string; readonly position: Position }
  | { readonly kind: "currentUser" | "sessionUser" | "public"; readonly position: Position };

/** Attributes that are on or off. */
export type RoleFlag =
  | "superuser"
  | "inherit"
  | "createRole"
  | "createDatabase"
  | "login"
  | "replication"
  | "bypassRowSecurity";

export type RoleOption =
  | { readonly kind: "flag"; readonly flag: RoleFlag; readonly on: boolean }
  /** Null takes the password away. */
  | { readonly kind: "password"; readonly password: string | null }
  | { readonly kind: "connectionLimit"; readonly limit: number }
  | { readonly kind: "validUntil"; readonly text: string }
  /** IN ROLE: the roles that the new one becomes a member of. */
  | { readonly kind: "inRoles"; readonly roles: readonly RoleName[] }
  /** ROLE and ADMIN: the roles that become members of it. */
  | { readonly kind: "members"; readonly admin: boolean; readonly roles: readonly RoleName[] };

/** Some privileges; `name` is undefined for ALL, `columns` empty for the whole object. */
export interface PrivilegeClause {
  readonly name: string | undefined;
  readonly columns: readonly string[];
}

export type GrantTarget =
  | { readonly kind: "tables"; readonly tables: readonly TableName[] }
  | { readonly kind: "tablesInSchemas"; readonly schemas: readonly string[] }
  | {
      readonly kind: "othersInSchemas";
      readonly objects: "sequence" | "function" | "procedure" | "routine";
      readonly schemas: readonly string[];
    }
  | { readonly kind: "schemas"; readonly names: readonly string[] }
  | { readonly kind: "databases"; readonly names: readonly string[] }
  | { readonly kind: "servers"; readonly names: readonly string[] };

/** GRANT or REVOKE of privileges; in both, `grantOption` is the words about it. */
export interface PrivilegeChange {
  readonly isGrant: boolean;
  /** Empty for ALL. */
  readonly privileges: readonly PrivilegeClause[];
  readonly grantees: readonly RoleName[];
  readonly grantOption: boolean;
  readonly cascade: boolean;
}

/** What ALTER DEFAULT PRIVILEGES speaks of. */
export type DefaultedObjects = "tables" | "schemas" | "sequences" | "functions" | "types";

export type OwnedObjectType = "schema" | "table" | "foreignTable" | "view" | "database" | "server";

export type AccessCommand =
  | {
      readonly kind: "createRole";
      readonly form: "role" | "user" | "group";
      readonly name: string;
      readonly options: readonly RoleOption[];
    }
  | {
      readonly kind: "alterRole";
      readonly role: RoleName;
      readonly options: readonly RoleOption[];
      /** ALTER GROUP … DROP USER: the members named are taken out. */
      readonly removesMembers: boolean;
    }
  | {
      readonly kind: "alterRoleSet";
      /** Undefined for ALL. */
      readonly role: RoleName | undefined;
      readonly database: string | undefined;
      /** Undefined for RESET ALL. */
      readonly name: string | undefined;
      /** Undefined for RESET and DEFAULT; several belong to a list. */
      readonly values: readonly string[] | undefined;
    }
  | { readonly kind: "dropRole"; readonly roles: readonly RoleName[]; readonly ifExists: boolean }
  | { readonly kind: "renameRole"; readonly name: string; readonly newName: string }
  | {
      readonly kind: "grantRole";
      readonly isGrant: boolean;
      readonly roles: readonly string[];
      readonly members: readonly RoleName[];
      /** WITH ADMIN OPTION; of REVOKE, ADMIN OPTION FOR. */
      readonly admin: boolean;
      readonly grantor: RoleName | undefined;
    }
  | {
      readonly kind: "grant";
      readonly target: GrantTarget;
      readonly change: PrivilegeChange;
      readonly grantor: RoleName | undefined;
    }
  | {
      readonly kind: "defaultPrivileges";
      /** Empty: the current user. */
      readonly roles: readonly RoleName[];
      /** Empty: everywhere. */
      readonly schemas: readonly string[];
      readonly objects: DefaultedObjects;
      readonly change: PrivilegeChange;
    }
  | {
      readonly kind: "alterOwner";
      readonly objectType: OwnedObjectType;
      readonly name: QualifiedName;
      readonly ifExists: boolean;
      readonly owner: RoleName;
    }
  | {
      readonly kind: "reassignOwned";
      readonly roles: readonly RoleName[];
      readonly owner: RoleName;
    }
  | { readonly kind: "dropOwned"; readonly roles: readonly RoleName[]; readonly cascade: boolean };

/** A statement about roles and their rights; `tag` is its command tag. */
export interface AccessControl {
  readonly kind: "accessControl";
  readonly tag: string;
  readonly command: AccessCommand;
  readonly position: Position;
}
