import {
  ambiguousOutputName,
  nonIntegerConstant,
  positionNotInSelectList,
} from "../../errors/index.js";
import type { Expression as AstExpression } from "../../parser/index.js";
import type { Expression } from "../../plan/index.js";
import { resolveUnknown } from "../coerce.js";
import { inLevel } from "../column-lookup.js";
import { sameValue } from "../same-value.js";
import type { Clause, ColumnOrigin, Scope } from "../scope.js";

/** A value the query computes: of its select list, or hidden, for ORDER BY and DISTINCT ON alone. */
export interface Target {
  readonly name: string;
  expression: Expression;
  readonly hidden: boolean;
  readonly origin: ColumnOrigin | undefined;
}

/** A clause that names targets, as errors call it. */
export type TargetClause = "ORDER BY" | "GROUP BY" | "DISTINCT ON";

const CLAUSES: Readonly<Record<TargetClause, Clause>> = {
  "ORDER BY": "order-by",
  "GROUP BY": "group-by",
  "DISTINCT ON": "distinct-on",
};

/** The targets of a query; ORDER BY, GROUP BY and DISTINCT ON refer to them or add hidden ones. */
export class Targets {
  readonly list: Target[];

  constructor(
    visible: readonly Omit<Target, "hidden">[],
    readonly scope: Scope,
  ) {
    this.list = visible.map((target) => ({ ...target, hidden: false }));
  }

  get visible(): readonly Target[] {
    return this.list.filter((t) => !t.hidden);
  }

  /** By SQL92's rules (an output name or position), else by SQL99's (an expression). */
  find(ast: AstExpression, clause: TargetClause): Target {
    const target = this.#byName(ast, clause) ?? this.#byPosition(ast, clause);
    const found = target ?? this.#byExpression(ast, clause);
    found.expression = resolveUnknown(this.scope.statement, found.expression);
    return found;
  }

  /** GROUP BY takes a bare name for an input column first, ORDER BY for an output column. */
  #byName(ast: AstExpression, clause: TargetClause): Target | undefined {
    if (ast.kind !== "columnReference" || ast.names.length !== 1) return undefined;
    const name = ast.names[0] ?? "";
    if (clause === "GROUP BY" && inLevel(this.scope, name, ast.position) !== undefined) {
      return undefined;
    }
    const [first, ...others] = this.visible.filter((t) => t.name === name);
    if (first === undefined) return undefined;
    if (others.some((t) => !sameValue(t.expression, first.expression))) {
      throw ambiguousOutputName(clause, name, ast.position);
    }
    return first;
  }

  #byPosition(ast: AstExpression, clause: TargetClause): Target | undefined {
    switch (ast.kind) {
      case "integerLiteral": {
        const target = this.visible[Number(ast.text) - 1];
        if (target === undefined) throw positionNotInSelectList(clause, ast.text, ast.position);
        return target;
      }
      case "numericLiteral":
      case "stringLiteral":
      case "bitStringLiteral":
      case "booleanLiteral":
      case "nullLiteral":
        throw nonIntegerConstant(clause, ast.position);
      default:
        return undefined;
    }
  }

  #byExpression(ast: AstExpression, clause: TargetClause): Target {
    const { scope } = this;
    const bound = scope.inClause(CLAUSES[clause], () =>
      scope.statement.binders.expression(ast, scope),
    );
    const expression = resolveUnknown(scope.statement, bound);
    const known = this.list.find((t) => sameValue(t.expression, expression));
    if (known !== undefined) return known;
    const target: Target = { name: "?column?", expression, hidden: true, origin: undefined };
    this.list.push(target);
    return target;
  }
}
