import { featureNotSupported, internalError, unreachable } from "../../errors/index.js";
import { boolean, coalesce, connect, not } from "../../functions/index.js";
import {
  inputsOf,
  mapChildren,
  mapExpressions,
  outputColumns,
  withInputs,
  type AnySubqueryExpression,
  type Column,
  type Expression,
  type FilterOperator,
  type JoinKind,
  type JoinOperator,
  type LogicalOperator,
  type ValuesOperator,
} from "../../plan/index.js";
import { conjunction, conjunctsOf, refer } from "../expression/build.js";
import { copyPlan } from "../expression/copy-plan.js";
import { hasSubquery, isMovable } from "../expression/facts.js";
import { substitute } from "../expression/substitute.js";
import { dependsOn, mentionedColumns, outputIds } from "../properties/free-columns.js";
import { definedNotNull, isNotNull } from "../properties/not-null.js";
import type { RuleContext } from "../rule.js";

/**
 * Subqueries in expressions become joins, dependent ones where they are correlated: EXISTS and IN
 * that must hold become semi joins, that must not hold anti joins, elsewhere mark joins; the value
 * of a query becomes a column of a single join. Right joins are turned round on the way.
 */
export function liftSubqueries(plan: LogicalOperator, context: RuleContext): LogicalOperator {
  return new Lifting(context).lift(plan);
}

/** A join whose `dependent` says whether its right side mentions the left. */
export function makeJoin(
  joinKind: JoinKind,
  left: LogicalOperator,
  right: LogicalOperator,
  condition: Expression | null,
  mark: Column | null = null,
): JoinOperator {
  const dependent = dependsOn(right, left);
  return { kind: "join", joinKind, left, right, condition, dependent, mark };
}

class Lifting {
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
        return refuseSubqueries(node);
      case "values":
        return node.rows.flat().some(hasSubquery) ? this.#values(node) : node;
      case "filter":
        return this.#filter(node);
      case "join":
        return this.#join(node);
      case "project":
      case "project-set":
      case "aggregate":
      case "distinct-on":
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
        throw featureNotSupported(
          "FULL JOIN is only supported with merge-joinable or hash-joinable join conditions",
        );
      default:
        throw internalError(`a ${node.joinKind} join with a subquery`);
    }
  }

  /** Rows with subqueries become projections of one row, put together again. */
  #values(node: ValuesOperator): LogicalOperator {
    const parts = node.rows.map((row) => this.#valuesRow(node, row));
    return unionOf(parts, node.columns);
  }

  #valuesRow(node: ValuesOperator, row: readonly Expression[]): LogicalOperator {
    const lifter = new Lifter(this, { kind: "values", columns: [], rows: [[]] });
    const items = node.columns.map(({ name, type, physical }, i) => {
      const value = row[i];
      if (value === undefined) throw internalError("a row of VALUES is too short");
      const column = this.context.columns.make({ name, type, physical, nullable: true });
      return { column, expression: lifter.replace(value, []) };
    });
    return { kind: "project", input: lifter.input, items };
  }
}

/** UNION ALL of parts whose columns stand in one order. */
export function unionOf(
  parts: readonly LogicalOperator[],
  columns: readonly Column[],
): LogicalOperator {
  const [first, ...rest] = parts;
  if (first === undefined) return { kind: "values", columns, rows: [] };
  const project = (input: LogicalOperator, sources: readonly Column[]): LogicalOperator => ({
    kind: "project",
    input,
    items: columns.map((column, i) => ({ column, expression: refer(sources[i] as Column) })),
  });
  if (rest.length === 0) return project(first, outputColumns(first));
  return rest.reduce<LogicalOperator>(
    (left, right) => ({
      kind: "set-operation",
      operation: "union",
      all: true,
      left,
      right,
      columns,
      leftColumns: outputColumns(left),
      rightColumns: outputColumns(right),
    }),
    first,
  );
}

export function filtered(
  input: LogicalOperator,
  conjuncts: readonly Expression[],
): LogicalOperator {
  const condition = conjunction(conjuncts);
  return condition === null ? input : { kind: "filter", input, condition };
}

function refuseSubqueries(node: LogicalOperator): LogicalOperator {
  return mapExpressions(node, (e) => {
    if (hasSubquery(e)) {
      throw featureNotSupported("subqueries in LIMIT and OFFSET are not supported");
    }
    return e;
  });
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

/** Joins subqueries of one operator's expressions to its input. */
class Lifter {
  readonly #replaced = new Map<Expression, Expression>();

  constructor(
    readonly lifting: Lifting,
    public input: LogicalOperator,
  ) {}

  /** A conjunct that is EXISTS, IN or a negation of one as a semi or anti join. */
  tryJoin(conjunct: Expression): boolean {
    const negated = conjunct.kind === "not";
    const node = negated ? conjunct.operand : conjunct;
    if (node.kind === "exists") {
      const { plan } = this.lifting.open(node.plan);
      this.input = makeJoin(negated ? "anti" : "semi", this.input, plan, null);
      return true;
    }
    if (node.kind !== "any-subquery") return false;
    if (negated && !this.#neverUnknown(node)) return false;
    const { plan, condition } = this.#openAny(node, []);
    this.input = makeJoin(negated ? "anti" : "semi", this.input, plan, condition);
    return true;
  }

  /** Whether the comparison of IN or ANY is NULL for no pair of rows. */
  #neverUnknown(node: AnySubqueryExpression): boolean {
    const known = new Set([...definedNotNull(this.input), ...definedNotNull(node.plan)]);
    return isNotNull(node.condition, known);
  }

  /** The expression with its subqueries replaced by columns of joins under `guards`. */
  replace(expression: Expression, guards: readonly Expression[]): Expression {
    if (!hasSubquery(expression)) return expression;
    const known = this.#replaced.get(expression);
    if (known !== undefined) return known;
    const replaced = this.#replace(expression, guards);
    // A guarded value is NULL for rows outside its branch, so it serves only there.
    if (guards.length === 0) this.#replaced.set(expression, replaced);
    return replaced;
  }

  #replace(expression: Expression, guards: readonly Expression[]): Expression {
    switch (expression.kind) {
      case "scalar-subquery": {
        const { plan, rename } = this.lifting.open(expression.plan);
        this.input = makeJoin("single", this.input, plan, conjunction(guards));
        const { type, physical } = expression;
        return { ...refer(rename(expression.output)), type, physical, nullable: true };
      }
      case "exists": {
        const { plan } = this.lifting.open(expression.plan);
        return { ...refer(this.#mark(plan, null)), nullable: false };
      }
      case "any-subquery": {
        const { plan, condition } = this.#openAny(expression, guards);
        return refer(this.#mark(plan, condition));
      }
      case "case":
        return this.#case(expression, guards);
      default:
        return mapChildren(expression, (child) => this.replace(child, guards));
    }
  }

  #mark(plan: LogicalOperator, condition: Expression | null): Column {
    const { type, physical } = boolean(true);
    const mark = this.lifting.context.columns.make({
      name: "exists",
      type,
      physical,
      nullable: true,
    });
    this.input = makeJoin("mark", this.input, plan, condition, mark);
    return mark;
  }

  #openAny(
    node: AnySubqueryExpression,
    guards: readonly Expression[],
  ): { plan: LogicalOperator; condition: Expression } {
    const condition = this.replace(node.condition, guards);
    const { plan, rename } = this.lifting.open(node.plan);
    const renamed = new Map(
      outputColumns(node.plan).map((column) => [column.id, refer(rename(column))]),
    );
    return { plan, condition: substitute(condition, renamed) };
  }

  /** A branch's subqueries count only for rows that reach it: that no row may fail is a guard. */
  #case(expression: Expression & { kind: "case" }, guards: readonly Expression[]): Expression {
    const passed: Expression[] = [];
    const branches = expression.branches.map((branch) => {
      const when = this.replace(branch.when, [...guards, ...passed]);
      const usable = isMovable(when) && this.#isOverInput(when);
      const then = this.replace(branch.then, [...guards, ...passed, ...(usable ? [when] : [])]);
      if (usable) passed.push(not(coalesce([when, boolean(false)])));
      return { when, then };
    });
    const otherwise = this.replace(expression.otherwise, [...guards, ...passed]);
    return { ...expression, branches, otherwise };
  }

  #isOverInput(expression: Expression): boolean {
    const columns = outputIds(this.input);
    return [...mentionedColumns(expression).keys()].every((id) => columns.has(id));
  }
}
