import { unreachable } from "../../errors/index.js";
import type { Column } from "../column.js";
import type { AggregateCall, Expression, SortKey } from "../expression/index.js";
import type { JoinOperator, LogicalOperator, ProjectItem, ProjectSetOperator } from "./logical.js";

/** Direct inputs of an operator, in order. */
export function inputsOf(plan: LogicalOperator): readonly LogicalOperator[] {
  switch (plan.kind) {
    case "scan":
    case "values":
    case "cte-reference":
      return [];
    case "filter":
    case "project":
    case "project-set":
    case "aggregate":
    case "distinct-on":
    case "partition-limit":
    case "sort":
    case "limit":
      return [plan.input];
    case "join":
    case "set-operation":
      return [plan.left, plan.right];
    case "with":
      return [plan.definition, plan.body];
    default:
      return unreachable(plan);
  }
}

/** The operator over other inputs; itself where they are the ones it has. */
export function withInputs(
  plan: LogicalOperator,
  inputs: readonly LogicalOperator[],
): LogicalOperator {
  if (inputsOf(plan).every((input, i) => input === inputs[i])) return plan;
  const [first, second] = inputs;
  if (first === undefined) return plan;
  switch (plan.kind) {
    case "scan":
    case "values":
    case "cte-reference":
      return plan;
    case "filter":
    case "project":
    case "project-set":
    case "aggregate":
    case "distinct-on":
    case "partition-limit":
    case "sort":
    case "limit":
      return { ...plan, input: first };
    case "join":
    case "set-operation":
      return { ...plan, left: first, right: second ?? plan.right };
    case "with":
      return { ...plan, definition: first, body: second ?? plan.body };
    default:
      return unreachable(plan);
  }
}

type Change = (expression: Expression) => Expression;

/** The operator with `change` applied to each whole expression of its own; inputs as they are. */
export function mapExpressions(plan: LogicalOperator, change: Change): LogicalOperator {
  switch (plan.kind) {
    case "scan":
    case "cte-reference":
    case "set-operation":
    case "with":
      return plan;
    case "values": {
      const rows = shared(plan.rows, (row) => shared(row, change));
      return rows === plan.rows ? plan : { ...plan, rows };
    }
    case "project-set": {
      const sets = shared(plan.sets, (set) => {
        const args = shared(set.args, change);
        return args === set.args ? set : { ...set, args };
      });
      return sets === plan.sets ? plan : { ...plan, sets };
    }
    case "filter": {
      const condition = change(plan.condition);
      return condition === plan.condition ? plan : { ...plan, condition };
    }
    case "project": {
      const items = mapItems(plan.items, change);
      return items === plan.items ? plan : { ...plan, items };
    }
    case "join": {
      const condition = optional(plan.condition, change);
      return condition === plan.condition ? plan : { ...plan, condition };
    }
    case "aggregate": {
      const keys = mapItems(plan.keys, change);
      const aggregates = shared(plan.aggregates, (a) => {
        const call = mapCall(a.call, change);
        return call === a.call ? a : { ...a, call };
      });
      const same = keys === plan.keys && aggregates === plan.aggregates;
      return same ? plan : { ...plan, keys, aggregates };
    }
    case "distinct-on": {
      const keys = shared(plan.keys, change);
      const orderBy = mapSortKeys(plan.orderBy, change);
      return keys === plan.keys && orderBy === plan.orderBy ? plan : { ...plan, keys, orderBy };
    }
    case "partition-limit": {
      const keys = shared(plan.keys, change);
      const orderBy = mapSortKeys(plan.orderBy, change);
      const count = optional(plan.count, change);
      const offset = optional(plan.offset, change);
      const same =
        keys === plan.keys &&
        orderBy === plan.orderBy &&
        count === plan.count &&
        offset === plan.offset;
      return same ? plan : { ...plan, keys, orderBy, count, offset };
    }
    case "sort": {
      const keys = mapSortKeys(plan.keys, change);
      return keys === plan.keys ? plan : { ...plan, keys };
    }
    case "limit": {
      const count = optional(plan.count, change);
      const offset = optional(plan.offset, change);
      return count === plan.count && offset === plan.offset ? plan : { ...plan, count, offset };
    }
    default:
      return unreachable(plan);
  }
}

/** `change` of each element, or the same list where each answered what it got. */
function shared<T>(list: readonly T[], change: (element: T) => T): readonly T[] {
  const changed = list.map(change);
  return changed.every((element, i) => element === list[i]) ? list : changed;
}

function optional(expression: Expression | null, change: Change): Expression | null {
  return expression === null ? null : change(expression);
}

function mapItems(items: readonly ProjectItem[], change: Change): readonly ProjectItem[] {
  return shared(items, (item) => {
    const expression = change(item.expression);
    return expression === item.expression ? item : { ...item, expression };
  });
}

function mapSortKeys(keys: readonly SortKey[], change: Change): readonly SortKey[] {
  return shared(keys, (key) => {
    const expression = change(key.expression);
    return expression === key.expression ? key : { ...key, expression };
  });
}

/** The aggregate with `change` applied to its arguments, filter and order. */
export function mapCall(call: AggregateCall, change: Change): AggregateCall {
  const args = shared(call.args, change);
  const filter = optional(call.filter, change);
  const orderBy = mapSortKeys(call.orderBy, change);
  const same = args === call.args && filter === call.filter && orderBy === call.orderBy;
  return same ? call : { ...call, args, filter, orderBy };
}

/** The whole expressions of an operator itself. */
export function expressionsOf(plan: LogicalOperator): readonly Expression[] {
  const found: Expression[] = [];
  mapExpressions(plan, (expression) => {
    found.push(expression);
    return expression;
  });
  return found;
}

/** Output columns, in order. */
export function outputColumns(plan: LogicalOperator): readonly Column[] {
  switch (plan.kind) {
    case "scan":
    case "values":
    case "cte-reference":
    case "set-operation":
      return plan.columns;
    case "filter":
    case "distinct-on":
    case "partition-limit":
    case "sort":
    case "limit":
      return outputColumns(plan.input);
    case "project":
      return plan.items.map((item) => item.column);
    case "project-set":
      return [...outputColumns(plan.input), ...setColumns(plan)];
    case "aggregate":
      return [...plan.keys, ...plan.aggregates].map((item) => item.column);
    case "join":
      return joinColumns(plan);
    case "with":
      return outputColumns(plan.body);
    default:
      return unreachable(plan);
  }
}

/** The columns that a projection of sets adds, in order. */
export function setColumns(plan: Pick<ProjectSetOperator, "sets" | "ordinality">): Column[] {
  const elements = plan.sets.map((set) => set.column);
  return plan.ordinality === null ? elements : [...elements, plan.ordinality];
}

function joinColumns(plan: JoinOperator): readonly Column[] {
  const left = outputColumns(plan.left);
  if (plan.joinKind === "semi" || plan.joinKind === "anti") return left;
  if (plan.mark !== null) return [...left, plan.mark];
  return [...left, ...outputColumns(plan.right)];
}

/** Rebuilds bottom-up: inputs first, then `change` on the operator itself. Unchanged parts stay. */
export function rewritePlan(
  plan: LogicalOperator,
  change: (node: LogicalOperator) => LogicalOperator,
): LogicalOperator {
  const inputs = inputsOf(plan).map((input) => rewritePlan(input, change));
  return change(withInputs(plan, inputs));
}

/** Every operator of the plan, inputs before what reads them; plans in expressions not entered. */
export function* operatorsOf(plan: LogicalOperator): Generator<LogicalOperator> {
  for (const input of inputsOf(plan)) yield* operatorsOf(input);
  yield plan;
}
