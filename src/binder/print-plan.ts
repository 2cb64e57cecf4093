import { unreachable } from "../errors/index.js";
import {
  childrenOf,
  expressionsOf,
  inputsOf,
  type AggregateCall,
  type Column,
  type Expression,
  type LogicalOperator,
  type ProjectItem,
  type SortKey,
} from "../plan/index.js";
import { printPhysical } from "../types/index.js";

/** A plan as indented text, one operator a line, for tests and logs; columns are name#id. */
export function printPlan(plan: LogicalOperator): string {
  return lines(plan, 0).join("\n");
}

function lines(plan: LogicalOperator, depth: number): readonly string[] {
  const subplans = expressionsOf(plan).flatMap(subplansOf);
  return [
    "  ".repeat(depth) + headline(plan),
    ...subplans.flatMap((p) => ["  ".repeat(depth + 1) + "subplan", ...lines(p, depth + 2)]),
    ...inputsOf(plan).flatMap((input) => lines(input, depth + 1)),
  ];
}

function subplansOf(expression: Expression): readonly LogicalOperator[] {
  const nested = childrenOf(expression).flatMap(subplansOf);
  const own =
    expression.kind === "scalar-subquery" ||
    expression.kind === "exists" ||
    expression.kind === "any-subquery"
      ? [expression.plan]
      : [];
  return [...own, ...nested];
}

function headline(plan: LogicalOperator): string {
  switch (plan.kind) {
    case "scan":
      return `scan ${plan.relation.schema}.${plan.relation.name} as ${plan.alias}`;
    case "values":
      return `values [${plan.columns.map(name).join(", ")}] ${plan.rows.map(row).join(", ")}`;
    case "project-set":
      return projectSet(plan);
    case "filter":
      return `filter ${printExpression(plan.condition)}`;
    case "project":
      return `project ${plan.items.map(item).join(", ")}`;
    case "join": {
      const condition = plan.condition === null ? "" : ` on ${printExpression(plan.condition)}`;
      return `${plan.joinKind} join${plan.dependent ? " dependent" : ""}${condition}`;
    }
    case "aggregate":
      return `aggregate [${plan.keys.map(item).join(", ")}] ${plan.aggregates
        .map(({ column, call }) => `${name(column)} := ${aggregate(call)}`)
        .join(", ")}`.trimEnd();
    case "distinct-on":
      return `distinct on (${list(plan.keys)}) order by ${plan.orderBy.map(sortKey).join(", ")}`;
    case "partition-limit": {
      const count = plan.count === null ? "all" : printExpression(plan.count);
      const offset = plan.offset === null ? "" : ` offset ${printExpression(plan.offset)}`;
      const order = plan.orderBy.map(sortKey).join(", ");
      return `limit ${count}${offset} in (${list(plan.keys)}) order by ${order}`;
    }
    case "set-operation": {
      const sources = [plan.leftColumns, plan.rightColumns].map((c) => c.map(name).join(", "));
      const all = plan.all ? " all" : "";
      const columns = plan.columns.map(name).join(", ");
      return `${plan.operation}${all} [${columns}] from [${sources.join("], [")}]`;
    }
    case "sort":
      return `sort ${plan.keys.map(sortKey).join(", ")}`;
    case "limit": {
      const count = plan.count === null ? "all" : printExpression(plan.count);
      const offset = plan.offset === null ? "" : ` offset ${printExpression(plan.offset)}`;
      return `limit ${count}${offset}${plan.withTies ? " with ties" : ""}`;
    }
    case "with":
      return `with ${plan.name}/${String(plan.cteId)} ${plan.materialized}`;
    case "cte-reference":
      return `cte ${plan.name}/${String(plan.cteId)} [${plan.columns.map(name).join(", ")}]`;
    default:
      return unreachable(plan);
  }
}

function projectSet(plan: LogicalOperator & { kind: "project-set" }): string {
  const sets = plan.sets.map(
    ({ functionName, args, column }) => `${name(column)} := ${functionName}(${list(args)})`,
  );
  const numbers = plan.ordinality === null ? "" : ` numbered ${name(plan.ordinality)}`;
  return `project set ${sets.join(", ")}${numbers}${plan.keepsEmpty ? " keeping empty" : ""}`;
}

function name(column: Column): string {
  return `${column.name}#${String(column.id)}`;
}

function list(expressions: readonly Expression[]): string {
  return expressions.map(printExpression).join(", ");
}

function row(values: readonly Expression[]): string {
  return `(${list(values)})`;
}

function item({ column, expression }: ProjectItem): string {
  const passed = expression.kind === "column" && expression.column.id === column.id;
  return passed ? name(column) : `${name(column)} := ${printExpression(expression)}`;
}

function sortKey({ expression, descending, nullsFirst }: SortKey): string {
  const direction = descending ? " desc" : "";
  const nulls = nullsFirst === descending ? "" : nullsFirst ? " nulls first" : " nulls last";
  return printExpression(expression) + direction + nulls;
}

function aggregate(call: AggregateCall): string {
  const distinct = call.distinct ? "distinct " : "";
  const order =
    call.orderBy.length === 0 ? "" : ` order by ${call.orderBy.map(sortKey).join(", ")}`;
  const filter = call.filter === null ? "" : ` filter ${printExpression(call.filter)}`;
  return `${call.aggregate}(${distinct}${list(call.args)}${order})${filter}`;
}

/** An expression in one line; literals show their form, subqueries stand for their plans. */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case "column":
      return name(expression.column);
    case "literal":
      return `${expression.text ?? "null"}:${printPhysical(expression.physical)}`;
    case "parameter":
      return `$${String(expression.index)}`;
    case "call":
      return `${expression.op}(${list(expression.args)})`;
    case "and":
    case "or":
      return `(${expression.args.map(printExpression).join(` ${expression.kind} `)})`;
    case "not":
      return `not ${printExpression(expression.operand)}`;
    case "is-null":
      return `${printExpression(expression.operand)} is ${expression.negated ? "not " : ""}null`;
    case "case": {
      const branches = expression.branches.map(
        (b) => `when ${printExpression(b.when)} then ${printExpression(b.then)}`,
      );
      return `case ${branches.join(" ")} else ${printExpression(expression.otherwise)} end`;
    }
    case "coalesce":
      return `coalesce(${list(expression.args)})`;
    case "in-list": {
      const not = expression.negated ? "not " : "";
      return `${printExpression(expression.operand)} ${not}in (${list(expression.items)})`;
    }
    case "scalar-subquery":
      return `subquery(${name(expression.output)})`;
    case "exists":
      return "exists(subquery)";
    case "any-subquery":
      return `any(subquery, ${printExpression(expression.condition)})`;
    default:
      return unreachable(expression);
  }
}
