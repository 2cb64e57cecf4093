import type { GroupingSet, GroupingSetKind, Node } from "libpg-query";
import type { GroupingElement } from "../ast/index.js";
import { bodyIf, type NodeBody } from "../grammar/node.js";
import { freeze, type Lowering } from "./context.js";

type GroupingVariant = Extract<GroupingElement, { readonly kind: "groupingSet" }>["variant"];

const VARIANTS: Readonly<Record<GroupingSetKind, GroupingVariant>> = {
  GROUPING_SET_EMPTY: "empty",
  GROUPING_SET_SIMPLE: "simple",
  GROUPING_SET_ROLLUP: "rollup",
  GROUPING_SET_CUBE: "cube",
  GROUPING_SET_SETS: "sets",
};

/** GROUP BY. A parenthesised list is its items at the top, and one simple set inside other sets. */
export function lowerGroupBy(
  nodes: readonly Node[] | undefined,
  context: Lowering,
): readonly GroupingElement[] {
  return Object.freeze((nodes ?? []).flatMap((node) => topElements(node, context)));
}

function topElements(node: Node, context: Lowering): readonly GroupingElement[] {
  const row = implicitRow(node);
  if (row === undefined) return [element(node, context)];
  return rowItems(row, context);
}

function rowItems(row: NodeBody<"RowExpr">, context: Lowering): readonly GroupingElement[] {
  return context.nested(() => (row.args ?? []).flatMap((item) => topElements(item, context)));
}

function element(node: Node, context: Lowering): GroupingElement {
  const set = bodyIf("GroupingSet", node);
  if (set !== undefined) return context.nested(() => groupingSet(set, context));
  const row = implicitRow(node);
  if (row !== undefined) {
    const elements = Object.freeze([...rowItems(row, context)]);
    const position = context.at(row.location);
    return freeze({ kind: "groupingSet", variant: "simple", elements, position });
  }
  const expression = context.expression(node);
  return freeze({ kind: "groupingExpression", expression, position: expression.position });
}

function groupingSet(set: GroupingSet, context: Lowering): GroupingElement {
  return freeze({
    kind: "groupingSet",
    variant: VARIANTS[set.kind ?? "GROUPING_SET_EMPTY"],
    elements: context.list(set.content, (node) => element(node, context)),
    position: context.at(set.location),
  });
}

function implicitRow(node: Node): NodeBody<"RowExpr"> | undefined {
  const row = bodyIf("RowExpr", node);
  return row?.row_format === "COERCE_IMPLICIT_CAST" ? row : undefined;
}
