import { boolean, caseWhen, coalesce, connect, isNull, not } from "../../functions/index.js";
import {
  isFallible,
  mapChildren,
  outputColumns,
  type AnySubqueryExpression,
  type CaseExpression,
  type CoalesceExpression,
  type Column,
  type ColumnFactory,
  type ConnectiveExpression as Connective,
  type Expression,
  type LogicalOperator,
  type ScalarSubqueryExpression,
} from "../../plan/index.js";
import { conjunction, nullLike, refer } from "../expression/build.js";
import { hasSubquery, isMovable, isVolatile, mentions } from "../expression/facts.js";
import { substitute } from "../expression/substitute.js";
import { freeColumns, outputIds } from "../properties/free-columns.js";
import { definedNotNull, isNotNull } from "../properties/not-null.js";
import { isAtMostOneRow, isOneRow } from "../properties/row-bounds.js";
import type { RuleContext } from "../rule.js";
import { makeJoin } from "./build.js";
import { expressionCanFail, planCanFail } from "./can-fail.js";
import { gate } from "./gate.js";

/** Conditions on a row, all of which it must meet for an expression to be evaluated. */
type Guards = readonly Expression[];

export interface SubqueryOpener {
  readonly context: RuleContext;
  /** The plan of a subquery, lifted, and its columns as they are called there. */
  open(plan: LogicalOperator): { plan: LogicalOperator; rename: (column: Column) => Column };
}

/** Joins subqueries of one operator's expressions to its input. */
export class Lifter {
  readonly #replaced = new Map<Expression, Expression>();
  readonly #reachedBy: (readonly [Guards, Expression])[] = [];

  constructor(
    readonly lifting: SubqueryOpener,
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

  /** The expression with its subqueries replaced by columns, for rows that pass the `guards`. */
  replace(expression: Expression, guards: Guards): Expression {
    if (!hasSubquery(expression)) return expression;
    const needed = guards.length > 0 && expressionCanFail(expression) ? guards : [];
    const known = this.#replaced.get(expression);
    if (known !== undefined) return known;
    const replaced = this.#replace(expression, needed);
    // A guarded value is right for rows of its branch only, so it serves only there.
    if (needed.length === 0) this.#replaced.set(expression, replaced);
    return replaced;
  }

  #replace(expression: Expression, guards: Guards): Expression {
    switch (expression.kind) {
      case "scalar-subquery":
        return this.#scalar(expression, guards);
      case "exists": {
        const { plan } = this.lifting.open(expression.plan);
        return { ...refer(this.#mark(this.#gated(plan, guards), null)), nullable: false };
      }
      case "any-subquery": {
        const { plan, condition } = this.#openAny(expression, guards);
        const settled =
          guards.length === 0 ? condition : this.#settleOuter(condition, plan, guards);
        return refer(this.#mark(this.#gated(plan, guards), settled));
      }
      case "case":
        return this.#case(expression, guards);
      case "and":
      case "or":
      case "coalesce":
        return { ...expression, args: this.#inTurn(expression, guards) };
      default:
        return mapChildren(expression, (child) => this.replace(child, guards));
    }
  }

  #scalar(expression: ScalarSubqueryExpression, guards: Guards): Expression {
    const { plan, rename } = this.lifting.open(expression.plan);
    const { type, physical } = expression;
    const labels = { type, physical, nullable: true };
    const column = rename(expression.output);
    const isCorrelated = freeColumns(plan).size > 0;
    const peeled =
      guards.length > 0 || isCorrelated ? peel(plan, column, this.#columns) : undefined;
    const joined = peeled?.plan ?? plan;
    const gated = this.#gated(joined, guards);
    const unreached = gated === joined && !isAtMostOneRow(joined) ? this.#usable(guards) : [];
    this.input = makeJoin("single", this.input, gated, conjunction(unreached));
    return { ...(peeled?.value ?? refer(column)), ...labels };
  }

  /** What a plan with its own errors must have below them, if it has. */
  #gated(plan: LogicalOperator, guards: Guards): LogicalOperator {
    if (guards.length === 0 || !planCanFail(plan)) return plan;
    return gate(plan, this.#reached(guards), this.#columns);
  }

  get #columns(): ColumnFactory {
    return this.lifting.context.columns;
  }

  /** A column that tells which rows pass the guards. */
  #reached(guards: Guards): Expression {
    const [only] = guards;
    if (guards.length === 1 && only?.kind === "column") return only;
    const known = this.#reachedBy.find(
      ([of]) => of.length === guards.length && of.every((g, i) => g === guards[i]),
    );
    if (known !== undefined) return known[1];
    const passed = coalesce([connect("and", guards), boolean(false)]);
    const column = this.#computed("reached", passed);
    this.#reachedBy.push([guards, column]);
    return column;
  }

  /** Conditions that joins may evaluate wherever they like. */
  #usable(guards: Guards): Guards {
    return guards.every((g) => isMovable(g)) ? guards : [this.#reached(guards)];
  }

  /** A column of the input for `expression`, evaluated once a row. */
  #computed(name: string, expression: Expression): Expression {
    const { type, physical, nullable } = expression;
    const column = this.#columns.make({ name, type, physical, nullable });
    const passed = outputColumns(this.input).map((c) => ({ column: c, expression: refer(c) }));
    const items = [...passed, { column, expression }];
    this.input = { kind: "project", input: this.input, items };
    return refer(column);
  }

  /** For rows that pass the guards; NULL for the others. */
  #guarded(expression: Expression, guards: Guards): Expression {
    if (guards.length === 0) return this.#computed("value", expression);
    const when = connect("and", guards);
    return this.#computed("value", caseWhen([{ when, then: expression }], nullLike(expression)));
  }

  /** What can fail in a comparison's outer side, as columns. */
  #settleOuter(condition: Expression, plan: LogicalOperator, guards: Guards): Expression {
    if (isMovable(condition)) return condition;
    const inner = outputIds(plan);
    if (!mentions(condition, inner)) return this.#guarded(condition, guards);
    return mapChildren(condition, (child) => this.#settleOuter(child, plan, guards));
  }

  #mark(plan: LogicalOperator, condition: Expression | null): Column {
    const { type, physical } = boolean(true);
    const mark = this.#columns.make({ name: "exists", type, physical, nullable: true });
    this.input = makeJoin("mark", this.input, plan, condition, mark);
    return mark;
  }

  #openAny(
    node: AnySubqueryExpression,
    guards: Guards,
  ): { plan: LogicalOperator; condition: Expression } {
    const condition = this.replace(node.condition, guards);
    const { plan, rename } = this.lifting.open(node.plan);
    const renamed = new Map(
      outputColumns(node.plan).map((column) => [column.id, refer(rename(column))]),
    );
    return { plan, condition: substitute(condition, renamed) };
  }

  /** A branch's subqueries count only for rows that reach it. */
  #case(expression: CaseExpression, guards: Guards): Expression {
    const passed: Expression[] = [];
    const branches = expression.branches.map((branch) => {
      const when = this.#asGuard(this.replace(branch.when, [...guards, ...passed]), guards, passed);
      const then = this.replace(branch.then, [...guards, ...passed, when]);
      passed.push(not(coalesce([when, boolean(false)])));
      return { when, then };
    });
    const otherwise = this.replace(expression.otherwise, [...guards, ...passed]);
    return { ...expression, branches, otherwise };
  }

  /** Arguments that are evaluated until one decides. */
  #inTurn(expression: Connective | CoalesceExpression, guards: Guards): readonly Expression[] {
    const passed: Expression[] = [];
    return expression.args.map((arg, i) => {
      const replaced = this.replace(arg, [...guards, ...passed]);
      if (!expression.args.slice(i + 1).some(expressionCanFail)) return replaced;
      const value = this.#asGuard(replaced, guards, passed);
      switch (expression.kind) {
        case "and":
          passed.push(coalesce([value, boolean(true)]));
          break;
        case "or":
          passed.push(not(coalesce([value, boolean(false)])));
          break;
        default:
          passed.push(isNull(value, false));
      }
      return value;
    });
  }

  /** A condition that answers anew each time must answer once for the guard and the branch. */
  #asGuard(condition: Expression, guards: Guards, passed: Guards): Expression {
    return isVolatile(condition) ? this.#guarded(condition, [...guards, ...passed]) : condition;
  }
}

/**
 * The value of a query as an expression over its top projection's input, to be evaluated where the
 * value is wanted and no sooner; undefined where nothing in the projection can fail.
 */
function peel(
  plan: LogicalOperator,
  output: Column,
  factory: ColumnFactory,
): { readonly plan: LogicalOperator; readonly value: Expression } | undefined {
  if (plan.kind !== "project") return undefined;
  const value = plan.items.find((item) => item.column.id === output.id)?.expression;
  if (value === undefined || !isFallible(value) || isVolatile(value)) return undefined;
  if (isOneRow(plan.input)) return { plan: plan.input, value };
  const yes = boolean(true);
  const { type, physical } = yes;
  const present = factory.make({ name: "present", type, physical, nullable: false });
  const passed = outputColumns(plan.input).map((c) => ({ column: c, expression: refer(c) }));
  const items = [...passed, { column: present, expression: yes }];
  const isThere = isNull({ ...refer(present), nullable: true }, true);
  return {
    plan: { kind: "project", input: plan.input, items },
    value: caseWhen([{ when: isThere, then: value }], nullLike(value)),
  };
}
