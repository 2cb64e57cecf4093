import { at, callOp, caseWhen, coalesce, literal } from "../../functions/index.js";
import type {
  Case,
  Coalesce,
  Expression as AstExpression,
  MinMax,
  NullIf,
} from "../../parser/index.js";
import type { CaseExpression, Expression } from "../../plan/index.js";
import { resolveUnknown } from "../coerce.js";
import { commonTypeOf, toCommonType, unify } from "../common-type.js";
import type { Scope } from "../scope.js";
import { bindCondition, refuseSet } from "./booleans.js";
import { callOperator, prepareOperator } from "./operator-call.js";
import { repeatable } from "./repeatable.js";
import { withoutSets } from "./set-call.js";

/** CASE; the simple form compares its operand with each value. */
export function bindCase(ast: Case, scope: Scope): Expression {
  return withoutSets(scope, "CASE", () => bindBranches(ast, scope));
}

function bindBranches(ast: Case, scope: Scope): Expression {
  const { expression } = scope.statement.binders;
  const conditions = bindConditions(ast, scope);
  const results = ast.branches.map((b) => expression(b.then, scope));
  const otherwise =
    ast.otherwise === undefined
      ? literal(null, { name: "unknown", typmod: -1 })
      : expression(ast.otherwise, scope);
  // The result of ELSE counts first when the common type is chosen.
  const [last, ...values] = toCommonType(scope.statement, "CASE", [otherwise, ...results]);
  const branches: CaseExpression["branches"] = conditions.map((when, i) => ({
    when,
    then: values[i] ?? when,
  }));
  return at(caseWhen(branches, last ?? otherwise), ast.position);
}

function bindConditions(ast: Case, scope: Scope): readonly Expression[] {
  const { operand } = ast;
  if (operand === undefined) {
    return ast.branches.map((b) => bindCondition(b.when, scope, "CASE/WHEN"));
  }
  const { expression } = scope.statement.binders;
  const value = repeatable(() => resolveUnknown(scope.statement, expression(operand, scope)));
  return ast.branches.map((branch) => {
    const when = expression(branch.when, scope);
    refuseSet(scope, at(when, branch.position), "CASE/WHEN");
    return callOperator(scope.statement, "=", [value(), when], branch.position);
  });
}

export function bindCoalesce(ast: Coalesce, scope: Scope): Expression {
  const values = withoutSets(scope, "COALESCE", () =>
    toCommonType(scope.statement, "COALESCE", bindAll(ast.arguments, scope)),
  );
  return at(coalesce(values), ast.position);
}

/** GREATEST and LEAST: NULLs are left out, pair by pair. */
export function bindMinMax(ast: MinMax, scope: Scope): Expression {
  const values = bindAll(ast.arguments, scope);
  const unified = toCommonType(scope.statement, ast.variant.toUpperCase(), values);
  const type = commonTypeOf(ast.variant.toUpperCase(), unified);
  const op = type.name === "bpchar" ? `bpchar_${ast.variant}` : ast.variant;
  const folded = unified.reduce((left, right) =>
    callOp(op, [left, right], {
      type,
      physical: left.physical,
      fallible: false,
      nullable: left.nullable && right.nullable,
    }),
  );
  return at(folded, ast.position);
}

/** NULLIF: the type is that of the left operand as the operator = takes it. */
export function bindNullIf(ast: NullIf, scope: Scope): Expression {
  const { statement } = scope;
  const prepare = (): readonly Expression[] =>
    prepareOperator(statement, "=", bindAll([ast.left, ast.right], scope), ast.position).args;
  const args = prepare();
  const equal = callOperator(statement, "=", args, ast.position);
  const left = prepare()[0] ?? equal;
  const [nothing = left, value = left] = unify([literal(null, left.type), left], left.type);
  return at(caseWhen([{ when: equal, then: nothing }], value), ast.position);
}

function bindAll(asts: readonly AstExpression[], scope: Scope): readonly Expression[] {
  return asts.map((a) => scope.statement.binders.expression(a, scope));
}
