import { internalError, unreachable } from "../../errors/index.js";
import { connect, not } from "../../functions/index.js";
import {
  inputsOf,
  mapCall,
  mapExpressions,
  withInputs,
  type AggregateOperator,
  type Column,
  type Expression,
  type FilterOperator,
  type JoinOperator,
  type LimitOperator,
  type LogicalOperator,
  type ProjectItem,
  type ValuesOperator,
} from "../../plan/index.js";
import { conjunction, conjunctsOf, refer } from "../expression/build.js";
import { copyPlan } from "../expression/copy-plan.js";
import { hasSubquery, isMovable } from "../expression/facts.js";
import type { RuleContext } from "../rule.js";
import { filtered, makeJoin, unionOf } from "./build.js";
import { splitFullJoin } from "./full-joins.js";
import { Lifter, type SubqueryOpener } from "./lifter.js";
import { limitByColumns } from "./limits.js";

/**
 * Subqueries in expressions become joins, dependent ones where they are correlated: EXISTS and IN
 * that must hold become semi joins, that must not hold anti joins, elsewhere mark joins; the value
 * of a query becomes a column of a single join. Right joins are turned round on the way.
 */
export function liftSubqueries(plan: LogicalOperator, context: RuleContext): LogicalOperator {
  return new Lifting(context).lift(plan);
}

const ONE_ROW: LogicalOperator = { kind: "values", columns: [], rows: [[]] };

class Lifting implements SubqueryOpener {
  /** Plans of subqueries that are joined already; another use joins a copy. */
  readonly #used = new Set<LogicalOperator>();

  constructor(readonly context: RuleContext) {}

  lift(plan: LogicalOperator): LogicalOperator {
    const node = withInputs(
      plan,
      inputsOf(plan).map((input) => this.lift(input)),
    );
    switch (node.kind) {
      case "scan":
      case "cte-reference":
      case "set-operation":
      case "with":
        return node;
      case "limit":
        return this.#limit(node);
      case "values":
        return node.rows.flat().some(hasSubquery) ? this.#values(node) : node;
      case "filter":
        return this.#filter(node);
      case "join":
        return this.#join(node);
      case "aggregate":
        return this.#aggregate(node);
      case "project":
      case "project-set":
      case "distinct-on":
      case "partition-limit":
      case "sort": {
        const lifter = new Lifter(this, node.input);
        const lifted = mapExpressions(node, (e) => lifter.replace(e, []));
        return withInputs(lifted, [lifter.input]);
      }
      default:
        return unreachable(node);
    }
  }

  /** The plan of a subquery, lifted, and its columns as they are called there. */
  open(plan: LogicalOperator): { plan: LogicalOperator; rename: (column: Column) => Column } {
    if (!this.#used.has(plan)) {
      this.#used.add(plan);
      return { plan: this.lift(plan), rename: (column) => column };
    }
    const copy = copyPlan(plan, this.context.columns);
    return { plan: this.lift(copy.plan), rename: copy.column };
  }

  /**
   * Conjuncts without subqueries go below the joins, unless they can fail: those stay above, where
   * the subqueries' conditions guard them.
   */
  #filter(node: FilterOperator): LogicalOperator {
    const conjuncts = conjunctsOf(pushNot(node.condition));
    if (!conjuncts.some(hasSubquery)) return node;
    const below = conjuncts.filter((c) => !hasSubquery(c) && isMovable(c));
    const lifter = new Lifter(this, filtered(node.input, below));
    const above: Expression[] = [];
    for (const conjunct of conjuncts) {
      if (below.includes(conjunct) || lifter.tryJoin(conjunct)) continue;
      above.push(lifter.replace(conjunct, []));
    }
    return filtered(lifter.input, above);
  }

  #join(node: JoinOperator): LogicalOperator {
    if (node.joinKind === "right") {
      return this.#join({ ...node, joinKind: "left", left: node.right, right: node.left });
    }
    const conjuncts = conjunctsOf(node.condition);
    const nested = conjuncts.filter(hasSubquery);
    if (nested.length === 0)
      return makeJoin(node.joinKind, node.left, node.right, node.condition, node.mark);
    const plain = conjunction(conjuncts.filter((c) => !hasSubquery(c)));
    const condition = connect("and", nested);
    switch (node.joinKind) {
      case "inner": {
        const input = makeJoin("inner", node.left, node.right, plain);
        return this.#filter({ kind: "filter", input, condition });
      }
      case "left":
      case "semi":
      case "anti": {
        const right = this.#filter({ kind: "filter", input: node.right, condition });
        return makeJoin(node.joinKind, node.left, right, plain);
      }
      case "full":
        return splitFullJoin(node, this.context, (join) => this.#join(join));
      default:
        throw internalError(`a ${node.joinKind} join with a subquery`);
    }
  }

  /** FILTER guards the arguments. */
  #aggregate(node: AggregateOperator): LogicalOperator {
    const lifter = new Lifter(this, node.input);
    const keys = node.keys.map((k) => ({ ...k, expression: lifter.replace(k.expression, []) }));
    const aggregates = node.aggregates.map(({ column, call }) => {
      const filter = call.filter === null ? null : lifter.replace(call.filter, []);
      const guards = filter === null ? [] : [filter];
      const replace = (e: Expression): Expression =>
        e === call.filter ? (filter ?? e) : lifter.replace(e, guards);
      return { column, call: mapCall(call, replace) };
    });
    return { ...node, input: lifter.input, keys, aggregates };
  }

  /** Row counts of subqueries become columns of every row. */
  #limit(node: LimitOperator): LogicalOperator {
    const asked = [node.count, node.offset];
    if (!asked.some((e) => e !== null && hasSubquery(e))) return node;
    const lifter = new Lifter(this, ONE_ROW);
    const items: ProjectItem[] = [];
    const counts = asked.map((e) => {
      if (e === null || e.kind === "literal") return e;
      const { type, physical } = e;
      const column = this.context.columns.make({ name: "count", type, physical, nullable: true });
      items.push({ column, expression: lifter.replace(e, []) });
      return refer(column);
    });
    const row: LogicalOperator = { kind: "project", input: lifter.input, items };
    return limitByColumns(node, counts, (input) => makeJoin("inner", input, row, null));
  }

  /** Rows with subqueries become projections of one row, put together again. */
  #values(node: ValuesOperator): LogicalOperator {
    const parts = node.rows.map((row) => this.#valuesRow(node, row));
    return unionOf(parts, node.columns);
  }

  #valuesRow(node: ValuesOperator, row: readonly Expression[]): LogicalOperator {
    const lifter = new Lifter(this, ONE_ROW);
    const items = node.columns.map(({ name, type, physical }, i) => {
      const value = row[i];
      if (value === undefined) throw internalError("a row of VALUES is too short");
      const column = this.context.columns.make({ name, type, physical, nullable: true });
      return { column, expression: lifter.replace(value, []) };
    });
    return { kind: "project", input: lifter.input, items };
  }
}

/** NOT over AND and OR with subqueries moved to their parts, so that NOT EXISTS shows. */
function pushNot(condition: Expression): Expression {
  if (!hasSubquery(condition)) return condition;
  if (condition.kind === "and" || condition.kind === "or") {
    return connect(condition.kind, condition.args.map(pushNot));
  }
  if (condition.kind !== "not") return condition;
  const { operand } = condition;
  if (operand.kind === "not") return pushNot(operand.operand);
  if (operand.kind !== "and" && operand.kind !== "or") return condition;
  const parts = operand.args.map((part) => pushNot(not(part)));
  return connect(operand.kind === "and" ? "or" : "and", parts);
}
