import { childrenOf, sameList, type Column, type Expression, type SetCall } from "../plan/index.js";
import { isVolatileCall } from "./expression/volatile.js";
import { columnExpression, type StatementBinding } from "./statement-binding.js";

/** Calls of set-returning functions in one SELECT's expressions, each known by its column. */
export class SetCollector {
  readonly sets: SetCall[] = [];
  /** Calls met so far, repeated ones too: a construct that lets in none compares it. */
  callCount = 0;
  lastPosition: number | undefined;
  readonly #raised = new Map<Column, SetCall>();

  /** The value of a call; equal ones are one set, as they would run in lockstep all the same. */
  add(call: SetCall, position: number | undefined): Expression {
    this.callCount++;
    this.lastPosition = position;
    const known = this.sets.find(
      (set) =>
        set.functionName === call.functionName &&
        set.column.physical.kind === call.column.physical.kind &&
        sameList(set.args, call.args) &&
        !call.args.some(isVolatileCall),
    );
    if (known === undefined) this.sets.push(call);
    return columnExpression((known ?? call).column, position);
  }

  ofColumn(column: Column): SetCall | undefined {
    return this.sets.find((set) => set.column.id === column.id);
  }

  /** The first set in the expression, not those of its subqueries. */
  find(expression: Expression): Expression | undefined {
    if (expression.kind === "column" && this.ofColumn(expression.column)) return expression;
    for (const child of childrenOf(expression)) {
      const found = this.find(child);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The sets that the expressions are made of, through sets in arguments too. */
  under(expressions: readonly Expression[]): readonly SetCall[] {
    const found = new Set<SetCall>();
    const visit = (expression: Expression): void => {
      const set = expression.kind === "column" ? this.ofColumn(expression.column) : undefined;
      if (set !== undefined) {
        found.add(set);
        set.args.forEach(visit);
      }
      childrenOf(expression).forEach(visit);
    };
    expressions.forEach(visit);
    return this.sets.filter((set) => found.has(set));
  }

  /** The set evaluated above an aggregation, where `rewrite` says what its arguments are. */
  raise(
    set: SetCall,
    rewrite: (argument: Expression) => Expression,
    statement: StatementBinding,
  ): Column {
    const known = this.#raised.get(set.column);
    if (known !== undefined) return known.column;
    const { name, type, physical, nullable } = set.column;
    const column = statement.columns.make({ name, type, physical, nullable });
    this.#raised.set(set.column, { ...set, args: set.args.map(rewrite), column });
    return column;
  }

  get raised(): readonly SetCall[] {
    return [...this.#raised.values()];
  }
}
