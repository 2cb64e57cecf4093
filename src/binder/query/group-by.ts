import { aggregatesNotAllowed } from "../../errors/index.js";
import type { Expression as AstExpression, GroupingElement, Select } from "../../parser/index.js";
import type { Expression } from "../../plan/index.js";
import { mentionedColumns } from "../plan-walk.js";
import { sameValue } from "../same-value.js";
import type { Targets } from "./targets.js";

/** GROUP BY: its expressions, and the sets of them (by index) that rows are grouped by. */
export interface BoundGroupBy {
  readonly keys: readonly Expression[];
  readonly sets: readonly (readonly number[])[];
}

export function bindGroupBy(select: Select, targets: Targets): BoundGroupBy {
  const keys: Expression[] = [];
  const keyOf = (ast: AstExpression): number => {
    const target = targets.find(ast, "GROUP BY");
    refuseAggregates(target.expression, targets);
    const known = keys.findIndex((k) => sameValue(k, target.expression));
    return known >= 0 ? known : keys.push(target.expression) - 1;
  };
  const lists = select.groupBy.map((element) =>
    expand(element).map((set) => [...new Set(set.map(keyOf))]),
  );
  const sets = lists.reduce<readonly (readonly number[])[]>(
    (left, right) => left.flatMap((a) => right.map((b) => [...new Set([...a, ...b])])),
    [[]],
  );
  return { keys, sets: select.groupDistinct ? distinctSets(sets) : sets };
}

/** A position or an alias may name a target that holds an aggregate. */
function refuseAggregates(expression: Expression, targets: Targets): void {
  const { aggregates, sets } = targets.scope;
  for (const set of sets?.under([expression]) ?? []) {
    for (const argument of set.args) refuseAggregates(argument, targets);
  }
  for (const column of mentionedColumns(expression).values()) {
    const found = aggregates?.ofColumn(column);
    if (found !== undefined) throw aggregatesNotAllowed("GROUP BY", found.position);
  }
}

type Sets = readonly (readonly AstExpression[])[];

/** The grouping sets an element of GROUP BY stands for. */
function expand(element: GroupingElement): Sets {
  if (element.kind === "groupingExpression") return [listOf(element.expression)];
  const parts = element.elements;
  switch (element.variant) {
    case "empty":
      return [[]];
    case "simple":
      return [parts.flatMap(flatten)];
    case "rollup": {
      const lists = parts.map(flatten);
      return [...lists, []].map((_, i) => lists.slice(0, lists.length - i).flat());
    }
    case "cube": {
      const lists = parts.map(flatten);
      return subsets(lists).map((s) => s.flat());
    }
    case "sets":
      return parts.flatMap(expand);
  }
}

function flatten(element: GroupingElement): readonly AstExpression[] {
  if (element.kind === "groupingExpression") return listOf(element.expression);
  return element.elements.flatMap(flatten);
}

/** `(a, b)` in GROUP BY is a list, ROW(a, b) is a value. */
function listOf(ast: AstExpression): readonly AstExpression[] {
  return ast.kind === "row" && !ast.explicit ? ast.items : [ast];
}

/** All subsets, those with the first elements first, as CUBE lists them. */
function subsets<T>(lists: readonly T[]): readonly (readonly T[])[] {
  const [first, ...rest] = lists;
  if (first === undefined) return [[]];
  const smaller = subsets(rest);
  return [...smaller.map((s) => [first, ...s]), ...smaller];
}

function distinctSets(sets: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const seen = new Map(sets.map((s) => [[...s].sort((a, b) => a - b).join(), s] as const));
  return [...seen.values()];
}
