import type {
  CommonTableExpr,
  LockClauseStrength,
  LockingClause,
  LockWaitPolicy,
  Node,
  SelectStmt,
  WithClause,
} from "libpg-query";
import type {
  CommonTable,
  Distinct,
  Locking,
  OrderItem,
  Query,
  QueryBody,
  Select,
  SelectItem,
  SetOperation,
  Values,
  With,
} from "../ast/index.js";
import {
  constructNotSupported,
  invariant,
  selectIntoNotAllowed,
  selectIntoNotFirst,
  unreachable,
} from "../../errors/index.js";
import { bodyIf, itemsOf, kindOf, stringsOf } from "../grammar/node.js";
import { freeze, type Lowering } from "./context.js";
import { lowerFromItem, lowerTableName } from "./from.js";
import { lowerGroupBy } from "./grouping.js";
import { lowerOperatorName } from "./operator.js";
import { statementTag } from "./statement-tag.js";
import { lowerWindow } from "./window.js";

/** A whole query. SELECT INTO is a statement of its own and must not arrive here. */
export function lowerQuery(raw: SelectStmt, context: Lowering): Query {
  if (raw.intoClause !== undefined) {
    throw selectIntoNotAllowed(context.at(raw.intoClause.rel?.location));
  }
  const withClause = raw.withClause === undefined ? undefined : lowerWith(raw.withClause, context);
  const body = lowerBody(raw, context);
  return freeze({
    kind: "query",
    with: withClause,
    body,
    orderBy: context.orderItems(raw.sortClause),
    limit: context.optional(raw.limitCount),
    withTies: raw.limitOption === "LIMIT_OPTION_WITH_TIES",
    offset: context.optional(raw.limitOffset),
    locking: context.list(raw.lockingClause, (node) => lowerLocking(node, context)),
    position: body.position,
  });
}

function lowerBody(raw: SelectStmt, context: Lowering): QueryBody {
  const op = raw.op ?? "SETOP_NONE";
  switch (op) {
    case "SETOP_NONE":
      return raw.valuesLists === undefined ? lowerSelect(raw, context) : lowerValues(raw, context);
    case "SETOP_UNION":
      return lowerSetOperation(raw, "union", context);
    case "SETOP_INTERSECT":
      return lowerSetOperation(raw, "intersect", context);
    case "SETOP_EXCEPT":
      return lowerSetOperation(raw, "except", context);
    default:
      return unreachable(op);
  }
}

function lowerSetOperation(
  raw: SelectStmt,
  operator: SetOperation["operator"],
  context: Lowering,
): SetOperation {
  invariant(raw.larg !== undefined && raw.rarg !== undefined, "set operation without two sides");
  const late = raw.rarg.intoClause;
  if (late !== undefined) throw selectIntoNotFirst(context.at(late.rel?.location));
  const left = context.query(raw.larg);
  const right = context.query(raw.rarg);
  return freeze({
    kind: "setOperation",
    operator,
    all: raw.all ?? false,
    left,
    right,
    position: left.position,
  });
}

function lowerValues(raw: SelectStmt, context: Lowering): Values {
  const rows = context.list(raw.valuesLists, (row) => context.expressions(itemsOf(row)));
  return freeze({ kind: "values", rows, position: rows[0]?.[0]?.position });
}

/** The position is the first item's: PostgreSQL points there when the list as a whole is wrong. */
function lowerSelect(raw: SelectStmt, context: Lowering): Select {
  const items = context.list(raw.targetList, (node) => lowerItem(node, context));
  return freeze({
    kind: "select",
    distinct: lowerDistinct(raw.distinctClause, context),
    items,
    from: context.list(raw.fromClause, (node) => lowerFromItem(node, context)),
    where: context.optional(raw.whereClause),
    groupBy: lowerGroupBy(raw.groupClause, context),
    groupDistinct: raw.groupDistinct ?? false,
    having: context.optional(raw.havingClause),
    windows: context.list(raw.windowClause, (node) => {
      const window = bodyIf("WindowDef", node);
      invariant(window !== undefined, "WINDOW without a definition");
      return lowerWindow(window, context);
    }),
    position: items[0]?.position,
  });
}

/** An item of a select list, or of RETURNING. */
export function lowerItem(node: Node, context: Lowering): SelectItem {
  const target = bodyIf("ResTarget", node);
  invariant(target?.val !== undefined, "select item without a value");
  return freeze({
    kind: "selectItem",
    value: context.expression(target.val),
    alias: target.name,
    position: context.at(target.location),
  });
}

/** Plain DISTINCT arrives as a list of one empty node. */
function lowerDistinct(
  nodes: readonly Node[] | undefined,
  context: Lowering,
): Distinct | undefined {
  const [first] = nodes ?? [];
  if (first === undefined) return undefined;
  if (kindOf(first) === ("" as string)) return freeze({ kind: "distinct" });
  return freeze({ kind: "distinctOn", expressions: context.expressions(nodes) });
}

/** Without USING the grammar gives no position; then it is the expression's. */
export function lowerOrderItem(node: Node, context: Lowering): OrderItem {
  const sort = bodyIf("SortBy", node);
  invariant(sort?.node !== undefined, "ORDER BY without an expression");
  const expression = context.expression(sort.node);
  return freeze({
    kind: "orderItem",
    expression,
    direction: DIRECTIONS[sort.sortby_dir ?? "SORTBY_DEFAULT"],
    using: sort.useOp === undefined ? undefined : lowerOperatorName(sort.useOp),
    nulls: NULLS[sort.sortby_nulls ?? "SORTBY_NULLS_DEFAULT"],
    position: context.at(sort.location) ?? expression.position,
  });
}

const DIRECTIONS = {
  SORTBY_DEFAULT: "default",
  SORTBY_ASC: "asc",
  SORTBY_DESC: "desc",
  SORTBY_USING: "using",
} as const;

const NULLS = {
  SORTBY_NULLS_DEFAULT: "default",
  SORTBY_NULLS_FIRST: "first",
  SORTBY_NULLS_LAST: "last",
} as const;

export function lowerWith(raw: WithClause, context: Lowering): With {
  return freeze({
    recursive: raw.recursive ?? false,
    tables: context.list(raw.ctes, (node) => {
      const table = bodyIf("CommonTableExpr", node);
      invariant(table !== undefined, "WITH without a query");
      return lowerCommonTable(table, context);
    }),
    position: context.at(raw.location),
  });
}

const MATERIALIZED = {
  CTEMaterializeDefault: "default",
  CTEMaterializeAlways: "always",
  CTEMaterializeNever: "never",
} as const;

function lowerCommonTable(raw: CommonTableExpr, context: Lowering): CommonTable {
  const position = context.at(raw.location);
  if (raw.search_clause !== undefined) throw constructNotSupported("SEARCH", position);
  if (raw.cycle_clause !== undefined) throw constructNotSupported("CYCLE", position);
  invariant(raw.ctequery !== undefined, "WITH without a query");
  const select = bodyIf("SelectStmt", raw.ctequery);
  if (select === undefined) {
    throw constructNotSupported(`${statementTag(raw.ctequery)} in WITH`, position);
  }
  return freeze({
    kind: "commonTable",
    name: raw.ctename ?? "",
    columns: stringsOf(raw.aliascolnames),
    materialized: MATERIALIZED[raw.ctematerialized ?? "CTEMaterializeDefault"],
    query: context.query(select),
    position,
  });
}

const STRENGTHS: Readonly<Record<LockClauseStrength, Locking["strength"]>> = {
  LCS_NONE: "FOR KEY SHARE",
  LCS_FORKEYSHARE: "FOR KEY SHARE",
  LCS_FORSHARE: "FOR SHARE",
  LCS_FORNOKEYUPDATE: "FOR NO KEY UPDATE",
  LCS_FORUPDATE: "FOR UPDATE",
};

const WAITS: Readonly<Record<LockWaitPolicy, Locking["wait"]>> = {
  LockWaitBlock: "block",
  LockWaitSkip: "skip",
  LockWaitError: "error",
};

function lowerLocking(node: Node, context: Lowering): Locking {
  const clause: LockingClause | undefined = bodyIf("LockingClause", node);
  return freeze({
    strength: STRENGTHS[clause?.strength ?? "LCS_NONE"],
    tables: context.list(clause?.lockedRels, (table) =>
      lowerTableName(bodyIf("RangeVar", table) ?? {}, context),
    ),
    wait: WAITS[clause?.waitPolicy ?? "LockWaitBlock"],
  });
}
