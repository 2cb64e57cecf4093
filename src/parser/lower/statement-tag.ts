import type { Node, TransactionStmtKind } from "libpg-query";
import { dispatch, kindOf, type NodeTable } from "../grammar/node.js";
import { objectTag } from "./object-type.js";

/** PostgreSQL's command tag of a statement that has no node of its own here. */
export function statementTag(node: Node): string {
  const tag = dispatch(TAGS, node, undefined);
  if (tag !== undefined) return tag;
  return kindOf(node)
    .replace(/Stmt$/, "")
    .replace(/(?<=[a-z])(?=[A-Z])/g, " ")
    .toUpperCase();
}

function fixed(tag: string): () => string {
  return () => tag;
}

const TRANSACTION_TAGS: { readonly [K in TransactionStmtKind]?: string } = {
  TRANS_STMT_PREPARE: "PREPARE TRANSACTION",
  TRANS_STMT_COMMIT_PREPARED: "COMMIT PREPARED",
  TRANS_STMT_ROLLBACK_PREPARED: "ROLLBACK PREPARED",
};

const TAGS: NodeTable<undefined, string> = {
  AlterCollationStmt: fixed("ALTER COLLATION"),
  AlterDatabaseRefreshCollStmt: fixed("ALTER DATABASE"),
  AlterDatabaseSetStmt: fixed("ALTER DATABASE"),
  AlterDatabaseStmt: fixed("ALTER DATABASE"),
  AlterDefaultPrivilegesStmt: fixed("ALTER DEFAULT PRIVILEGES"),
  AlterDomainStmt: fixed("ALTER DOMAIN"),
  AlterEnumStmt: fixed("ALTER TYPE"),
  AlterEventTrigStmt: fixed("ALTER EVENT TRIGGER"),
  AlterExtensionContentsStmt: fixed("ALTER EXTENSION"),
  AlterExtensionStmt: fixed("ALTER EXTENSION"),
  AlterFdwStmt: fixed("ALTER FOREIGN DATA WRAPPER"),
  AlterForeignServerStmt: fixed("ALTER SERVER"),
  AlterFunctionStmt: (raw) => objectTag("ALTER", raw.objtype),
  AlterObjectDependsStmt: (raw) => objectTag("ALTER", raw.objectType),
  AlterObjectSchemaStmt: (raw) => objectTag("ALTER", raw.objectType),
  AlterOpFamilyStmt: fixed("ALTER OPERATOR FAMILY"),
  AlterOperatorStmt: fixed("ALTER OPERATOR"),
  AlterOwnerStmt: (raw) => objectTag("ALTER", raw.objectType),
  AlterPolicyStmt: fixed("ALTER POLICY"),
  AlterPublicationStmt: fixed("ALTER PUBLICATION"),
  AlterRoleSetStmt: fixed("ALTER ROLE"),
  AlterRoleStmt: fixed("ALTER ROLE"),
  AlterSeqStmt: fixed("ALTER SEQUENCE"),
  AlterStatsStmt: fixed("ALTER STATISTICS"),
  AlterSubscriptionStmt: fixed("ALTER SUBSCRIPTION"),
  AlterSystemStmt: fixed("ALTER SYSTEM"),
  AlterTSConfigurationStmt: fixed("ALTER TEXT SEARCH CONFIGURATION"),
  AlterTSDictionaryStmt: fixed("ALTER TEXT SEARCH DICTIONARY"),
  AlterTableMoveAllStmt: fixed("ALTER TABLESPACE"),
  AlterTableSpaceOptionsStmt: fixed("ALTER TABLESPACE"),
  AlterTableStmt: (raw) => objectTag("ALTER", raw.objtype),
  AlterTypeStmt: fixed("ALTER TYPE"),
  AlterUserMappingStmt: fixed("ALTER USER MAPPING"),
  CallStmt: fixed("CALL"),
  ClusterStmt: fixed("CLUSTER"),
  CommentStmt: fixed("COMMENT"),
  CompositeTypeStmt: fixed("CREATE TYPE"),
  ConstraintsSetStmt: fixed("SET CONSTRAINTS"),
  CopyStmt: fixed("COPY"),
  CreateAmStmt: fixed("CREATE ACCESS METHOD"),
  CreateCastStmt: fixed("CREATE CAST"),
  CreateConversionStmt: fixed("CREATE CONVERSION"),
  CreateDomainStmt: fixed("CREATE DOMAIN"),
  CreateEnumStmt: fixed("CREATE TYPE"),
  CreateEventTrigStmt: fixed("CREATE EVENT TRIGGER"),
  CreateExtensionStmt: fixed("CREATE EXTENSION"),
  CreateFdwStmt: fixed("CREATE FOREIGN DATA WRAPPER"),
  CreateFunctionStmt: (raw) => (raw.is_procedure === true ? "CREATE PROCEDURE" : "CREATE FUNCTION"),
  CreateOpClassStmt: fixed("CREATE OPERATOR CLASS"),
  CreateOpFamilyStmt: fixed("CREATE OPERATOR FAMILY"),
  CreatePLangStmt: fixed("CREATE LANGUAGE"),
  CreatePolicyStmt: fixed("CREATE POLICY"),
  CreatePublicationStmt: fixed("CREATE PUBLICATION"),
  CreateRangeStmt: fixed("CREATE TYPE"),
  CreateRoleStmt: fixed("CREATE ROLE"),
  CreateSeqStmt: fixed("CREATE SEQUENCE"),
  CreateStatsStmt: fixed("CREATE STATISTICS"),
  CreateStmt: fixed("CREATE TABLE"),
  CreateSubscriptionStmt: fixed("CREATE SUBSCRIPTION"),
  CreateTableAsStmt: (raw) =>
    raw.objtype === "OBJECT_MATVIEW" ? "CREATE MATERIALIZED VIEW" : "CREATE TABLE AS",
  CreateTableSpaceStmt: fixed("CREATE TABLESPACE"),
  CreateTransformStmt: fixed("CREATE TRANSFORM"),
  CreateTrigStmt: fixed("CREATE TRIGGER"),
  CreateUserMappingStmt: fixed("CREATE USER MAPPING"),
  CreatedbStmt: fixed("CREATE DATABASE"),
  DefineStmt: (raw) => objectTag("CREATE", raw.kind),
  DeleteStmt: fixed("DELETE"),
  DoStmt: fixed("DO"),
  DropOwnedStmt: fixed("DROP OWNED"),
  DropRoleStmt: fixed("DROP ROLE"),
  DropStmt: (raw) => objectTag("DROP", raw.removeType),
  DropSubscriptionStmt: fixed("DROP SUBSCRIPTION"),
  DropTableSpaceStmt: fixed("DROP TABLESPACE"),
  DropUserMappingStmt: fixed("DROP USER MAPPING"),
  DropdbStmt: fixed("DROP DATABASE"),
  GrantRoleStmt: (raw) => (raw.is_grant === true ? "GRANT ROLE" : "REVOKE ROLE"),
  GrantStmt: (raw) => (raw.is_grant === true ? "GRANT" : "REVOKE"),
  IndexStmt: fixed("CREATE INDEX"),
  InsertStmt: fixed("INSERT"),
  LoadStmt: fixed("LOAD"),
  LockStmt: fixed("LOCK TABLE"),
  MergeStmt: fixed("MERGE"),
  ReassignOwnedStmt: fixed("REASSIGN OWNED"),
  RefreshMatViewStmt: fixed("REFRESH MATERIALIZED VIEW"),
  ReindexStmt: fixed("REINDEX"),
  RenameStmt: (raw) =>
    objectTag("ALTER", raw.renameType === "OBJECT_COLUMN" ? raw.relationType : raw.renameType),
  RuleStmt: fixed("CREATE RULE"),
  SecLabelStmt: fixed("SECURITY LABEL"),
  SelectStmt: fixed("SELECT INTO"),
  TransactionStmt: (raw) => TRANSACTION_TAGS[raw.kind ?? "TRANS_STMT_PREPARE"] ?? "PREPARE",
  TruncateStmt: fixed("TRUNCATE TABLE"),
  UpdateStmt: fixed("UPDATE"),
  VariableSetStmt: fixed("SET"),
};
