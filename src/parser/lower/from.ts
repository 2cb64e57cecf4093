import type {
  Alias,
  ColumnDef,
  JoinExpr,
  JoinType as RawJoinType,
  Node,
  RangeFunction,
  RangeVar,
} from "libpg-query";
import type {
  ColumnDefinition,
  FromItem,
  Join,
  JoinCondition,
  JoinType,
  TableAlias,
  TableFunctionItem,
  TableName,
} from "../ast/index.js";
import { constructNotSupported, invariant } from "../../errors/index.js";
import {
  bodyIf,
  dispatch,
  itemsOf,
  locationOf,
  stringsOf,
  type NodeTable,
} from "../grammar/node.js";
import { constructName } from "./construct-name.js";
import { freeze, type Lowering } from "./context.js";
import { lowerTypeName } from "./type-name.js";

/** One item of FROM; 0A000 for a node that no handler knows. */
export function lowerFromItem(node: Node, context: Lowering): FromItem {
  const item = context.nested(() => dispatch(FROM_ITEMS, node, context));
  if (item !== undefined) return item;
  throw constructNotSupported(constructName(node), context.at(locationOf(node)));
}

const FROM_ITEMS: NodeTable<Lowering, FromItem> = {
  JoinExpr: lowerJoin,
  RangeFunction: lowerTableFunction,

  RangeVar: (raw, context) =>
    freeze({
      kind: "tableReference",
      table: lowerTableName(raw, context),
      only: raw.inh !== true,
      alias: lowerAlias(raw.alias),
      position: context.at(raw.location),
    }),

  RangeSubselect: (raw, context) => {
    const select = bodyIf("SelectStmt", raw.subquery);
    invariant(select !== undefined, "derived table that is no SELECT");
    const query = context.query(select);
    return freeze({
      kind: "derivedTable",
      query,
      lateral: raw.lateral ?? false,
      alias: lowerAlias(raw.alias),
      position: query.position,
    });
  },
};

export function lowerTableName(raw: RangeVar, context: Lowering): TableName {
  return freeze({
    kind: "tableName",
    catalog: raw.catalogname,
    schema: raw.schemaname,
    name: raw.relname ?? "",
    position: context.at(raw.location),
  });
}

function lowerAlias(raw: Alias | undefined): TableAlias | undefined {
  if (raw === undefined) return undefined;
  return freeze({ name: raw.aliasname ?? "", columns: stringsOf(raw.colnames) });
}

const JOIN_TYPES: { readonly [K in RawJoinType]?: JoinType } = {
  JOIN_INNER: "inner",
  JOIN_LEFT: "left",
  JOIN_FULL: "full",
  JOIN_RIGHT: "right",
};

function lowerJoin(raw: JoinExpr, context: Lowering): Join {
  invariant(raw.larg !== undefined && raw.rarg !== undefined, "join without two sides");
  const joinType = JOIN_TYPES[raw.jointype ?? "JOIN_INNER"];
  invariant(joinType !== undefined, "join type that no text can ask for");
  const left = lowerFromItem(raw.larg, context);
  const right = lowerFromItem(raw.rarg, context);
  const condition = lowerJoinCondition(raw, context);
  return freeze({
    kind: "join",
    joinType: condition === undefined ? "cross" : joinType,
    left,
    right,
    condition,
    alias: lowerAlias(raw.alias),
    position: undefined,
  });
}

function lowerJoinCondition(raw: JoinExpr, context: Lowering): JoinCondition | undefined {
  if (raw.isNatural === true) return freeze({ kind: "natural" });
  if (raw.usingClause !== undefined) {
    const columns = stringsOf(raw.usingClause);
    return freeze({ kind: "using", columns, alias: raw.join_using_alias?.aliasname });
  }
  if (raw.quals === undefined) return undefined;
  return freeze({ kind: "on", expression: context.expression(raw.quals) });
}

function lowerTableFunction(raw: RangeFunction, context: Lowering): FromItem {
  const functions = context.list(raw.functions, (node) => {
    const [call, columns] = itemsOf(node);
    invariant(call !== undefined, "table function without a call");
    return lowerTableFunctionItem(call, columns, context);
  });
  const [first] = functions;
  invariant(first !== undefined, "ROWS FROM without a function");
  const shared = lowerColumns(raw.coldeflist, context);
  return freeze({
    kind: "tableFunction",
    functions:
      shared.length === 0 ? functions : Object.freeze([freeze({ ...first, columns: shared })]),
    rowsFrom: raw.is_rowsfrom ?? false,
    ordinality: raw.ordinality ?? false,
    lateral: raw.lateral ?? false,
    alias: lowerAlias(raw.alias),
    position: first.call.position,
  });
}

/** An absent column list arrives as an empty node. */
function lowerTableFunctionItem(
  call: Node,
  columns: Node | undefined,
  context: Lowering,
): TableFunctionItem {
  return freeze({
    call: context.expression(call),
    columns: lowerColumns(bodyIf("List", columns)?.items, context),
  });
}

function lowerColumns(
  nodes: readonly Node[] | undefined,
  context: Lowering,
): readonly ColumnDefinition[] {
  return context.list(nodes, (node) => {
    const column = bodyIf("ColumnDef", node);
    invariant(column !== undefined, "column definition expected");
    return lowerColumn(column, context);
  });
}

/** Name, type and collation; what CREATE adds is added there. */
export function lowerColumn(raw: ColumnDef, context: Lowering): ColumnDefinition {
  invariant(raw.typeName !== undefined, "column without a type");
  return freeze({
    kind: "columnDefinition",
    name: raw.colname ?? "",
    type: lowerTypeName(raw.typeName, context),
    notNull: raw.is_not_null ?? false,
    collation: raw.collClause === undefined ? undefined : stringsOf(raw.collClause.collname),
    options: Object.freeze([]),
    position: context.at(raw.location),
  });
}
