import { unreachable } from "../../errors/index.js";
import {
  expressionsOf,
  type AggregateOperator,
  type Column,
  type ColumnId,
  type JoinOperator,
  type LogicalOperator,
} from "../../plan/index.js";
import { mentionedColumns } from "../properties/free-columns.js";
import type { Rule } from "../rule.js";

/**
 * Leaves out columns, expressions and aggregates that nothing above reads.
 *
 * Sound because no operator looks at a column it does not mention, but for set operations that
 * compare whole rows (their inputs keep every column) and DISTINCT (whose columns are group keys,
 * which stay). An expression left out raises no error; PostgreSQL does not evaluate it either.
 */
export const pruneColumns: Rule = {
  name: "prune-columns",
  apply(plan, context) {
    const tables = new Map<number, Set<ColumnId>>();
    return new Pruning(tables).prune(plan, new Set(context.outputs.map((c) => c.id)));
  },
};

type Needed = ReadonlySet<ColumnId>;

class Pruning {
  constructor(
    /** Columns of common tables that their readers want. */
    readonly tables: Map<number, Set<ColumnId>>,
  ) {}

  prune(plan: LogicalOperator, needed: Needed): LogicalOperator {
    switch (plan.kind) {
      case "scan": {
        const kept = plan.columns.map((c) => needed.has(c.id));
        if (kept.every(Boolean)) return plan;
        const columns = plan.columns.filter((_, i) => kept[i]);
        return { ...plan, columns, ordinals: plan.ordinals.filter((_, i) => kept[i]) };
      }
      case "values":
        return pruneValues(plan, needed);
      case "project-set": {
        const { ordinality } = plan;
        const isNumbered = ordinality !== null && needed.has(ordinality.id);
        const next = isNumbered || ordinality === null ? plan : { ...plan, ordinality: null };
        return { ...next, input: this.prune(plan.input, this.#with(next, needed)) };
      }
      case "cte-reference":
        return this.#reference(plan, needed);
      case "filter":
      case "sort":
      case "distinct-on":
      case "partition-limit":
        return { ...plan, input: this.prune(plan.input, this.#with(plan, needed)) };
      case "limit":
        return { ...plan, input: this.prune(plan.input, needed) };
      case "project": {
        const items = plan.items.filter((i) => needed.has(i.column.id));
        const next = items.length === plan.items.length ? plan : { ...plan, items };
        return { ...next, input: this.prune(plan.input, this.#with(next, new Set())) };
      }
      case "aggregate":
        return this.#aggregate(plan, needed);
      case "join":
        return this.#join(plan, needed);
      case "set-operation":
        return this.#setOperation(plan, needed);
      case "with":
        return this.#table(plan, needed);
      default:
        return unreachable(plan);
    }
  }

  /** The columns wanted of the input: those passed on and those the operator mentions. */
  #with(plan: LogicalOperator, needed: Needed): Needed {
    const all = new Set(needed);
    for (const expression of expressionsOf(plan)) {
      for (const id of mentionedColumns(expression).keys()) all.add(id);
    }
    return all;
  }

  #reference(plan: LogicalOperator & { kind: "cte-reference" }, needed: Needed): LogicalOperator {
    const wanted = this.tables.get(plan.cteId) ?? new Set();
    this.tables.set(plan.cteId, wanted);
    const kept = plan.columns.map((c) => needed.has(c.id));
    plan.definitionColumns.forEach((c, i) => {
      if (kept[i]) wanted.add(c.id);
    });
    if (kept.every(Boolean)) return plan;
    return {
      ...plan,
      columns: plan.columns.filter((_, i) => kept[i]),
      definitionColumns: plan.definitionColumns.filter((_, i) => kept[i]),
    };
  }

  #aggregate(plan: AggregateOperator, needed: Needed): LogicalOperator {
    const aggregates = plan.aggregates.filter((a) => needed.has(a.column.id));
    const next = aggregates.length === plan.aggregates.length ? plan : { ...plan, aggregates };
    return { ...next, input: this.prune(plan.input, this.#with(next, new Set())) };
  }

  #join(plan: JoinOperator, needed: Needed): LogicalOperator {
    if (plan.mark !== null && !needed.has(plan.mark.id)) return this.prune(plan.left, needed);
    const all = this.#with(plan, needed);
    return { ...plan, left: this.prune(plan.left, all), right: this.prune(plan.right, all) };
  }

  #setOperation(
    plan: LogicalOperator & { kind: "set-operation" },
    needed: Needed,
  ): LogicalOperator {
    const isUnionAll = plan.operation === "union" && plan.all;
    const kept = plan.columns.map((c) => !isUnionAll || needed.has(c.id));
    const keep = (columns: readonly Column[]): readonly Column[] =>
      columns.filter((_, i) => kept[i]);
    const [leftColumns, rightColumns] = [keep(plan.leftColumns), keep(plan.rightColumns)];
    const side = (input: LogicalOperator, columns: readonly Column[]): LogicalOperator =>
      this.prune(input, new Set(columns.map((c) => c.id)));
    return {
      ...plan,
      left: side(plan.left, leftColumns),
      right: side(plan.right, rightColumns),
      columns: keep(plan.columns),
      leftColumns,
      rightColumns,
    };
  }

  /** The body first: it says what of the table is read. */
  #table(plan: LogicalOperator & { kind: "with" }, needed: Needed): LogicalOperator {
    const body = this.prune(plan.body, needed);
    const wanted = this.tables.get(plan.cteId) ?? new Set();
    const definition = this.prune(plan.definition, wanted);
    return { ...plan, definition, body };
  }
}

function pruneValues(plan: LogicalOperator & { kind: "values" }, needed: Needed): LogicalOperator {
  const kept = plan.columns.map((c) => needed.has(c.id));
  if (kept.every(Boolean)) return plan;
  return {
    ...plan,
    columns: plan.columns.filter((_, i) => kept[i]),
    rows: plan.rows.map((row) => row.filter((_, i) => kept[i])),
  };
}
