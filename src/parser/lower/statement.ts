import type { DiscardMode, Node, VacuumStmt } from "libpg-query";
import type { Discard, MaintenanceTarget, Statement } from "../ast/index.js";
import { invariant } from "../../errors/index.js";
import { bodyIf, dispatch, stringsOf, type NodeTable } from "../grammar/node.js";
import { freeze, type Lowering } from "./context.js";
import { lowerCopy } from "./copy.js";
import {
  lowerComment,
  lowerCreateForeignTable,
  lowerCreateSchema,
  lowerCreateServer,
  lowerCreateView,
  lowerDrop,
  lowerImportForeignSchema,
} from "./definition.js";
import { lowerTableName } from "./from.js";
import {
  lowerAlterOwner,
  lowerAlterTable,
  lowerDefaultPrivileges,
  lowerDropOwned,
  lowerGrant,
  lowerReassignOwned,
} from "./grant.js";
import { lowerUtilityOptions } from "./option.js";
import {
  lowerDeallocate,
  lowerDeclareCursor,
  lowerExecute,
  lowerFetch,
  lowerPrepare,
} from "./prepared.js";
import {
  lowerAlterRole,
  lowerAlterDatabaseSet,
  lowerAlterRoleSet,
  lowerCreateRole,
  lowerDropRole,
  lowerGrantRole,
  lowerRename,
} from "./role.js";
import { lowerSet, lowerShow } from "./setting.js";
import { textAfterExplain } from "./source-text.js";
import { lowerStatementQuery } from "./system-mention.js";
import {
  intoOf,
  lowerCreateTable,
  lowerCreateTableAs,
  lowerInsert,
  lowerSelectInto,
  lowerTruncate,
} from "./table.js";
import { lowerTransaction } from "./transaction.js";
import { unsupported } from "./unsupported.js";

/** Any statement; one without a handler becomes `unsupported` under its command tag. */
export function lowerStatement(node: Node, context: Lowering): Statement {
  return dispatch(STATEMENTS, node, context) ?? unsupported(node);
}

function lowerExplained(query: Node, context: Lowering): Statement {
  const select = bodyIf("SelectStmt", query);
  const isQuery = select !== undefined && intoOf(select) === undefined;
  if (!isQuery) return context.statement(query);
  return lowerStatementQuery(select, textAfterExplain(context), context);
}

const DISCARD_TARGETS: Readonly<Record<DiscardMode, Discard["target"]>> = {
  DISCARD_ALL: "all",
  DISCARD_PLANS: "plans",
  DISCARD_SEQUENCES: "sequences",
  DISCARD_TEMP: "temp",
};

const STATEMENTS: NodeTable<Lowering, Statement> = {
  AlterDefaultPrivilegesStmt: lowerDefaultPrivileges,
  AlterOwnerStmt: lowerAlterOwner,
  AlterDatabaseSetStmt: lowerAlterDatabaseSet,
  AlterRoleSetStmt: lowerAlterRoleSet,
  AlterRoleStmt: lowerAlterRole,
  AlterTableStmt: lowerAlterTable,
  CommentStmt: lowerComment,
  CreateForeignServerStmt: lowerCreateServer,
  CreateForeignTableStmt: lowerCreateForeignTable,
  CreateRoleStmt: lowerCreateRole,
  CreateSchemaStmt: lowerCreateSchema,
  CreateStmt: lowerCreateTable,
  CreateTableAsStmt: lowerCreateTableAs,
  DeallocateStmt: lowerDeallocate,
  DeclareCursorStmt: lowerDeclareCursor,
  DropOwnedStmt: lowerDropOwned,
  DropRoleStmt: lowerDropRole,
  DropStmt: lowerDrop,
  ExecuteStmt: lowerExecute,
  FetchStmt: lowerFetch,
  GrantRoleStmt: lowerGrantRole,
  GrantStmt: lowerGrant,
  ImportForeignSchemaStmt: lowerImportForeignSchema,
  InsertStmt: lowerInsert,
  PrepareStmt: lowerPrepare,
  ReassignOwnedStmt: lowerReassignOwned,
  RenameStmt: lowerRename,
  TransactionStmt: lowerTransaction,
  TruncateStmt: lowerTruncate,
  VacuumStmt: lowerMaintenance,
  VariableSetStmt: lowerSet,
  VariableShowStmt: lowerShow,
  ViewStmt: lowerCreateView,

  SelectStmt: (raw, context) => {
    if (intoOf(raw) !== undefined) return lowerSelectInto(raw, context);
    return lowerStatementQuery(raw, context.statementText, context);
  },

  ExplainStmt: (raw, context) => {
    invariant(raw.query !== undefined, "EXPLAIN without a statement");
    return freeze({
      kind: "explain",
      options: lowerUtilityOptions(raw.options, context),
      statement: lowerExplained(raw.query, context),
      position: undefined,
    });
  },

  CheckPointStmt: () => freeze({ kind: "checkpoint", position: undefined }),

  CopyStmt: lowerCopy,

  ClosePortalStmt: (raw) =>
    freeze({ kind: "closeCursor", cursor: raw.portalname, position: undefined }),

  DiscardStmt: (raw) =>
    freeze({
      kind: "discard",
      target: DISCARD_TARGETS[raw.target ?? "DISCARD_ALL"],
      position: undefined,
    }),

  ListenStmt: (raw) =>
    freeze({ kind: "listen", channel: raw.conditionname ?? "", position: undefined }),

  NotifyStmt: (raw) =>
    freeze({
      kind: "notify",
      channel: raw.conditionname ?? "",
      payload: raw.payload,
      position: undefined,
    }),

  UnlistenStmt: (raw) =>
    freeze({ kind: "unlisten", channel: raw.conditionname, position: undefined }),
};

/** ANALYZE and VACUUM are one node to the grammar. */
function lowerMaintenance(raw: VacuumStmt, context: Lowering): Statement {
  return freeze({
    kind: raw.is_vacuumcmd === true ? "vacuum" : "analyze",
    targets: context.list(raw.rels, (node) => lowerTarget(node, context)),
    options: lowerUtilityOptions(raw.options, context),
    position: undefined,
  });
}

function lowerTarget(node: Node, context: Lowering): MaintenanceTarget {
  const target = bodyIf("VacuumRelation", node);
  return freeze({
    table: lowerTableName(target?.relation ?? {}, context),
    columns: stringsOf(target?.va_cols),
  });
}
