import {
  outputColumns,
  rewritePlan,
  type JoinOperator,
  type LogicalOperator,
  type ProjectItem,
  type SetOperationOperator,
} from "../../plan/index.js";
import { boolean } from "../../functions/index.js";
import { conjunctsOf, isNeverTrue, nullLike, refer } from "../expression/build.js";
import type { Rule } from "../rule.js";

/**
 * A filter by FALSE or NULL and a LIMIT 0 have no rows, nor has what is built on them.
 *
 * Sound where no row in means no row out. An aggregate without keys still has its row, an outer join
 * still has the other side's: `SELECT count(*) FROM t WHERE false` is 0.
 */
export const removeEmptyInputs: Rule = {
  name: "remove-empty-inputs",
  apply: (plan) => rewritePlan(plan, remove),
};

function isEmpty(plan: LogicalOperator): boolean {
  return plan.kind === "values" && plan.rows.length === 0;
}

function empty(plan: LogicalOperator): LogicalOperator {
  return { kind: "values", columns: outputColumns(plan), rows: [] };
}

function remove(node: LogicalOperator): LogicalOperator {
  switch (node.kind) {
    case "filter": {
      const never = conjunctsOf(node.condition).some(isNeverTrue);
      return never || isEmpty(node.input) ? empty(node) : node;
    }
    case "limit": {
      const none = node.count?.kind === "literal" && node.count.text === "0";
      return none || isEmpty(node.input) ? empty(node) : node;
    }
    case "project":
    case "sort":
    case "distinct-on":
    case "partition-limit":
      return isEmpty(node.input) ? empty(node) : node;
    case "aggregate":
      return isEmpty(node.input) && node.keys.length > 0 ? empty(node) : node;
    case "join":
      return removeFromJoin(node);
    case "set-operation":
      return removeFromSet(node);
    default:
      return node;
  }
}

function removeFromJoin(node: JoinOperator): LogicalOperator {
  const left = isEmpty(node.left);
  const right = isEmpty(node.right);
  const never = conjunctsOf(node.condition).some(isNeverTrue);
  switch (node.joinKind) {
    case "inner":
    case "semi":
      return left || right || never ? empty(node) : node;
    case "anti":
      if (left) return empty(node);
      return right || never ? node.left : node;
    case "left":
    case "single":
      if (left) return empty(node);
      return right || never ? withNulls(node.left, node.right) : node;
    case "mark":
      if (left) return empty(node);
      return right ? withMark(node) : node;
    case "right":
    case "full":
      return left && right ? empty(node) : node;
  }
}

function passed(plan: LogicalOperator): readonly ProjectItem[] {
  return outputColumns(plan).map((column) => ({ column, expression: refer(column) }));
}

function withNulls(kept: LogicalOperator, missing: LogicalOperator): LogicalOperator {
  const nulls = outputColumns(missing).map((column) => ({ column, expression: nullLike(column) }));
  return { kind: "project", input: kept, items: [...passed(kept), ...nulls] };
}

function withMark(node: JoinOperator): LogicalOperator {
  const mark = node.mark === null ? [] : [{ column: node.mark, expression: boolean(false) }];
  return { kind: "project", input: node.left, items: [...passed(node.left), ...mark] };
}

function removeFromSet(node: SetOperationOperator): LogicalOperator {
  const left = isEmpty(node.left);
  const right = isEmpty(node.right);
  const side = (input: LogicalOperator, columns: typeof node.columns): LogicalOperator => ({
    kind: "project",
    input,
    items: node.columns.map((column, i) => ({ column, expression: refer(columns[i] ?? column) })),
  });
  switch (node.operation) {
    case "union":
      if (left && right) return empty(node);
      if (!node.all) return node;
      if (right) return side(node.left, node.leftColumns);
      return left ? side(node.right, node.rightColumns) : node;
    case "intersect":
      return left || right ? empty(node) : node;
    case "except":
      if (left) return empty(node);
      return right && node.all ? side(node.left, node.leftColumns) : node;
  }
}
