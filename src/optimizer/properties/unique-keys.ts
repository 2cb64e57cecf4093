import { unreachable } from "../../errors/index.js";
import type { ColumnId, Expression, LogicalOperator } from "../../plan/index.js";
import { asEquality, conjunctsOf } from "../expression/build.js";
import { isAtMostOneRow } from "./row-bounds.js";

type ColumnIds = ReadonlySet<ColumnId>;

/** Sets of output columns in which no two rows agree, by the plan alone. */
export function uniqueKeys(plan: LogicalOperator): readonly ColumnIds[] {
  if (isAtMostOneRow(plan)) return [new Set()];
  switch (plan.kind) {
    case "aggregate":
      return [new Set(plan.keys.map((key) => key.column.id))];
    case "distinct-on":
      return [...keysOfDistinct(plan.keys), ...uniqueKeys(plan.input)];
    case "partition-limit": {
      const isOne = plan.count?.kind === "literal" && plan.count.text === "1" && !plan.withTies;
      return [...(isOne ? keysOfDistinct(plan.keys) : []), ...uniqueKeys(plan.input)];
    }
    case "filter":
    case "sort":
    case "limit":
      return uniqueKeys(plan.input);
    case "with":
      return uniqueKeys(plan.body);
    case "project":
      return throughProject(plan);
    case "set-operation":
      return plan.all ? [] : [new Set(plan.columns.map((column) => column.id))];
    case "join":
      return ofJoin(plan);
    case "scan":
    case "values":
    case "project-set":
    case "cte-reference":
      return [];
    default:
      return unreachable(plan);
  }
}

function keysOfDistinct(keys: readonly Expression[]): readonly ColumnIds[] {
  const columns = keys.flatMap((key) => (key.kind === "column" ? [key.column.id] : []));
  return columns.length === keys.length ? [new Set(columns)] : [];
}

function throughProject(plan: LogicalOperator & { kind: "project" }): readonly ColumnIds[] {
  const renamed = new Map<ColumnId, ColumnId>();
  for (const { column, expression } of plan.items) {
    if (expression.kind === "column") renamed.set(expression.column.id, column.id);
  }
  return uniqueKeys(plan.input).flatMap((key) => {
    const output = [...key].map((id) => renamed.get(id));
    return output.every((id) => id !== undefined) ? [new Set(output)] : [];
  });
}

function ofJoin(plan: LogicalOperator & { kind: "join" }): readonly ColumnIds[] {
  switch (plan.joinKind) {
    case "semi":
    case "anti":
    case "mark":
    case "single":
      return uniqueKeys(plan.left);
    case "inner":
    case "left": {
      const left = uniqueKeys(plan.left);
      const right = uniqueKeys(plan.right);
      const equal = equatedColumns(plan.condition);
      const rightMatchesOne = right.some((key) => [...key].every((id) => equal.has(id)));
      const leftMatchesOne =
        plan.joinKind === "inner" && left.some((key) => [...key].every((id) => equal.has(id)));
      return [...(rightMatchesOne ? left : []), ...(leftMatchesOne ? right : [])];
    }
    case "right":
    case "full":
      return [];
    default:
      return unreachable(plan.joinKind);
  }
}

/** Columns that stand alone on a side of an equality. */
function equatedColumns(condition: Expression | null): ColumnIds {
  const found = new Set<ColumnId>();
  for (const conjunct of conjunctsOf(condition)) {
    const equality = asEquality(conjunct);
    if (equality === undefined || equality.nullsEqual) continue;
    const { left, right } = equality;
    if (left.kind !== "column" || right.kind !== "column") continue;
    found.add(left.column.id);
    found.add(right.column.id);
  }
  return found;
}

/** Whether no two rows agree in these expressions: by the plan, or as statistics have it. */
export function isUniqueOver(plan: LogicalOperator, keys: readonly Expression[]): boolean {
  const columns = new Set(keys.flatMap((key) => (key.kind === "column" ? [key.column.id] : [])));
  if (uniqueKeys(plan).some((key) => [...key].every((id) => columns.has(id)))) return true;
  return [...columns].some((id) => isBelievedUnique(plan, id));
}

/** By statistics, which may be wrong: a hint for building join tables only. */
function isBelievedUnique(plan: LogicalOperator, id: ColumnId): boolean {
  switch (plan.kind) {
    case "scan": {
      const index = plan.columns.findIndex((column) => column.id === id);
      const name = plan.relation.columns[plan.ordinals[index] ?? -1]?.name;
      return name !== undefined && plan.relation.statistics.columns.get(name)?.unique === true;
    }
    case "filter":
    case "project":
    case "sort":
    case "limit":
      return isBelievedUnique(plan.input, id);
    case "join":
      return (
        (plan.joinKind === "semi" || plan.joinKind === "anti" || plan.joinKind === "mark") &&
        isBelievedUnique(plan.left, id)
      );
    default:
      return false;
  }
}
