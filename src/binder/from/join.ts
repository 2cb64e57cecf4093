import {
  tooManyJoinAliases,
  usingColumnAmbiguous,
  usingColumnMissing,
  usingColumnTwice,
} from "../../errors/index.js";
import { coalesce, connect } from "../../functions/index.js";
import type { FromItem, Join, JoinType } from "../../parser/index.js";
import type { Expression, JoinKind } from "../../plan/index.js";
import { coerceType } from "../coerce.js";
import { commonTypeOf, toCommonType } from "../common-type.js";
import { seenThrough } from "../column-lookup.js";
import { bindCondition } from "../expression/booleans.js";
import { callOperator } from "../expression/operator-call.js";
import type { NamespaceItem, RangeEntry, Scope, ScopeColumn } from "../scope.js";
import { dependsOn, visibleItem, type FromResult } from "./from-result.js";

type BindItem = (item: FromItem, scope: Scope) => FromResult;
type CheckNames = (left: readonly NamespaceItem[], right: readonly NamespaceItem[]) => void;

/** A join: its sides, its condition, and the names that can be seen through it. */
export function bindJoin(
  item: Join,
  scope: Scope,
  bindItem: BindItem,
  checkNames: CheckNames,
): FromResult {
  const left = bindItem(item.left, scope);
  const right = bindRight(item, left, scope, bindItem);
  checkNames(left.items, right.items);
  const sides = nullableSides(item.joinType);
  const inputs = [...left.items, ...right.items];
  const leftItems = afterJoin(left.items, sides.left);
  const rightItems = afterJoin(right.items, sides.right);
  const using = usingColumns(item, left.items, right.items);
  const merged = mergedColumns(using ?? [], item.joinType, leftItems, rightItems, scope);
  const condition =
    using === undefined
      ? onCondition(item, inputs, scope)
      : usingCondition(using, left.items, right.items, scope);
  const entry = joinEntry(item, merged, using ?? [], leftItems, rightItems);
  scope.rangeTable.push(entry);
  return {
    plan: {
      kind: "join",
      joinKind: joinKind(item.joinType),
      left: left.plan,
      right: right.plan,
      condition,
      dependent: dependsOn(right.plan, left.items),
      mark: null,
    },
    items: visibleAfter(item, entry, merged, [...leftItems, ...rightItems]),
  };
}

/** The right side may see the left one from LATERAL items. */
function bindRight(item: Join, left: FromResult, scope: Scope, bindItem: BindItem): FromResult {
  const saved = scope.namespace;
  const lateralOk = item.joinType !== "right" && item.joinType !== "full";
  const seen = left.items.map((i) => ({ ...i, lateralOnly: true, lateralOk }));
  scope.namespace = [...saved, ...seen];
  const right = bindItem(item.right, scope);
  scope.namespace = saved;
  return right;
}

function joinKind(type: JoinType): JoinKind {
  return type === "cross" ? "inner" : type;
}

/** Which sides the join may fill with NULLs. */
function nullableSides(type: JoinType): { readonly left: boolean; readonly right: boolean } {
  return {
    left: type === "right" || type === "full",
    right: type === "left" || type === "full",
  };
}

function afterJoin(items: readonly NamespaceItem[], nullable: boolean): readonly NamespaceItem[] {
  return nullable ? items.map((i) => ({ ...i, nullable: true })) : items;
}

function onCondition(
  item: Join,
  inputs: readonly NamespaceItem[],
  scope: Scope,
): Expression | null {
  if (item.condition?.kind !== "on") return null;
  const { expression } = item.condition;
  const saved = scope.namespace;
  scope.namespace = inputs;
  const condition = scope.inClause("join-on", () => bindCondition(expression, scope, "JOIN/ON"));
  scope.namespace = saved;
  return condition;
}

/** Names of USING, or of the columns NATURAL finds on both sides; undefined for ON. */
function usingColumns(
  item: Join,
  left: readonly NamespaceItem[],
  right: readonly NamespaceItem[],
): readonly string[] | undefined {
  const { condition } = item;
  if (condition === undefined || condition.kind === "on") return undefined;
  if (condition.kind === "using") {
    const twice = condition.columns.find((c, i) => condition.columns.indexOf(c) !== i);
    if (twice !== undefined) throw usingColumnTwice(twice);
    return condition.columns;
  }
  const names = new Set(visibleColumns(right).map((c) => c.name));
  const shared = visibleColumns(left).filter((c) => names.has(c.name));
  return [...new Set(shared.map((c) => c.name))];
}

/** Columns that can be named without a qualifier, as they are seen there. */
function visibleColumns(items: readonly NamespaceItem[]): readonly ScopeColumn[] {
  return items
    .filter((i) => i.columnsVisible)
    .flatMap((i) =>
      i.entry.columns.map((c) => ({ ...c, expression: seenThrough(i, c.expression, undefined) })),
    );
}

function sharedColumn(
  items: readonly NamespaceItem[],
  name: string,
  side: "left" | "right",
): ScopeColumn {
  const [first, ...others] = visibleColumns(items).filter((c) => c.name === name);
  if (first === undefined) throw usingColumnMissing(name, side);
  if (others.length > 0) throw usingColumnAmbiguous(name, side);
  return first;
}

function usingCondition(
  names: readonly string[],
  left: readonly NamespaceItem[],
  right: readonly NamespaceItem[],
  scope: Scope,
): Expression | null {
  const tests = names.map((name) => {
    const sides = [sharedColumn(left, name, "left"), sharedColumn(right, name, "right")];
    const values = sides.map((s) => s.expression);
    return callOperator(scope.statement, "=", values, undefined);
  });
  return tests.length === 0 ? null : connect("and", tests);
}

/** One column for each shared name: that of the side which is not made NULL, or either. */
function mergedColumns(
  names: readonly string[],
  type: JoinType,
  left: readonly NamespaceItem[],
  right: readonly NamespaceItem[],
  scope: Scope,
): readonly ScopeColumn[] {
  return names.map((name) => {
    const a = sharedColumn(left, name, "left");
    const b = sharedColumn(right, name, "right");
    for (const { origin } of [a, b]) scope.statement.accesses.column(origin);
    const expression = mergedValue(type, a.expression, b.expression, scope);
    const origin = expression === b.expression ? b.origin : a.origin;
    return { name, expression, origin };
  });
}

function mergedValue(type: JoinType, a: Expression, b: Expression, scope: Scope): Expression {
  const construct = "JOIN/USING";
  if (type === "full") return coalesce(toCommonType(scope.statement, construct, [a, b]));
  const common = commonTypeOf(construct, [a, b]);
  if (type === "right") return coerceType(scope.statement, b, common.name, "implicit") ?? b;
  const preferRight = type !== "left" && a.type.name !== common.name;
  if (preferRight && b.type.name === common.name) return b;
  return coerceType(scope.statement, a, common.name, "implicit") ?? a;
}

/** The join as one entry: merged columns first, then the rest of both sides. */
function joinEntry(
  item: Join,
  merged: readonly ScopeColumn[],
  names: readonly string[],
  left: readonly NamespaceItem[],
  right: readonly NamespaceItem[],
): RangeEntry {
  const rest = [...visibleColumns(left), ...visibleColumns(right)].filter(
    (c) => !names.includes(c.name),
  );
  const all = [...merged, ...rest];
  const aliases = item.alias?.columns ?? [];
  const alias = item.alias?.name ?? "unnamed_join";
  if (aliases.length > all.length) throw tooManyJoinAliases(alias, all.length, aliases.length);
  return {
    kind: "join",
    alias,
    aliased: item.alias !== undefined,
    relation: undefined,
    columns: all.map((column, i) => ({ ...column, name: aliases[i] ?? column.name })),
  };
}

/** An alias hides the sides; without one they stay visible by their own names. */
function visibleAfter(
  item: Join,
  entry: RangeEntry,
  merged: readonly ScopeColumn[],
  sides: readonly NamespaceItem[],
): readonly NamespaceItem[] {
  const whole = { ...visibleItem(entry), relationVisible: item.alias !== undefined };
  if (item.alias !== undefined) return [whole];
  const hidden = sides.map((s) => ({ ...s, columnsVisible: false }));
  const using = item.condition?.kind === "using" ? item.condition.alias : undefined;
  if (using === undefined) return [...hidden, whole];
  const named: RangeEntry = {
    kind: "join",
    alias: using,
    aliased: true,
    relation: undefined,
    columns: merged,
  };
  return [...hidden, { ...visibleItem(named), columnsVisible: false }, whole];
}
