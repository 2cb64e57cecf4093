import { SqlError, unreachable } from "../errors/index.js";
import {
  outputColumns,
  type Column,
  type Expression,
  type JoinOperator,
  type LimitOperator,
  type LogicalOperator,
  type ProjectItem,
  type SetOperationOperator,
} from "../plan/index.js";
import {
  anyOf,
  sortRows,
  evaluateAggregate,
  evaluateExpression,
  type Row,
  type Value,
} from "./reference-expression.js";
import { expandRow } from "./reference-sets.js";

/** Rows of a table: a list of values in the order of the relation's columns. */
export type Tables = Readonly<Record<string, readonly (readonly Value[])[]>>;

/** Runs logical plans naively, correlated or not: the oracle for what rules may do to them. */
export class LogicalReference {
  readonly #common = new Map<number, { plan: LogicalOperator; outer: Row }>();

  constructor(readonly tables: Tables) {}

  run = (plan: LogicalOperator, outer: Row): readonly Row[] => {
    switch (plan.kind) {
      case "scan":
        return (this.tables[plan.relation.name] ?? []).map(
          (values) =>
            new Map([
              ...outer,
              ...plan.columns.map((c, i) => [c.id, values[plan.ordinals[i] ?? 0] ?? null] as const),
            ]),
        );
      case "values":
        return plan.rows.map(
          (row) =>
            new Map([
              ...outer,
              ...plan.columns.map(
                (c, i) => [c.id, this.value(row[i] as Expression, outer)] as const,
              ),
            ]),
        );
      case "project-set":
        return this.run(plan.input, outer).flatMap((row) => expandRow(plan, row, this.value));
      case "filter":
        return this.run(plan.input, outer).filter(
          (row) => this.value(plan.condition, row) === true,
        );
      case "project":
        return this.run(plan.input, outer).map((row) => this.#projected(plan.items, row, outer));
      case "join":
        return this.#join(plan, outer);
      case "aggregate":
        return this.#aggregate(plan, outer);
      case "distinct-on": {
        const sorted = sortRows(this.run(plan.input, outer), plan.orderBy, this.value);
        return firstOfEach(sorted, (row) => plan.keys.map((key) => this.value(key, row)));
      }
      case "partition-limit": {
        const sorted = sortRows(this.run(plan.input, outer), plan.orderBy, this.value);
        const count = (e: Expression | null, row: Row): Value => (e ? this.value(e, row) : null);
        return stretchOfEach(
          sorted,
          (row) => plan.keys.map((key) => this.value(key, row)),
          (row) => [count(plan.count, row), count(plan.offset, row)],
        );
      }
      case "set-operation":
        return this.#setOperation(plan, outer);
      case "sort":
        return sortRows(this.run(plan.input, outer), plan.keys, this.value);
      case "limit":
        return this.#limit(plan, outer);
      case "with":
        this.#common.set(plan.cteId, { plan: plan.definition, outer });
        return this.run(plan.body, outer);
      case "cte-reference": {
        const table = this.#common.get(plan.cteId);
        if (table === undefined) throw new Error(`no common table ${plan.name}`);
        return this.run(table.plan, table.outer).map((row) => {
          const own = plan.columns.map(
            (c, i) => [c.id, valueOf(row, plan.definitionColumns[i])] as const,
          );
          return new Map([...outer, ...own]);
        });
      }
      default:
        return unreachable(plan);
    }
  };

  value = (expression: Expression, row: Row): Value =>
    evaluateExpression(expression, row, this.run);

  #projected(items: readonly ProjectItem[], row: Row, outer: Row): Row {
    return new Map([
      ...outer,
      ...items.map((i) => [i.column.id, this.value(i.expression, row)] as const),
    ]);
  }

  #join(plan: JoinOperator, outer: Row): readonly Row[] {
    const left = this.run(plan.left, outer);
    const matchedRight = new Set<Row>();
    const fixed = plan.dependent ? undefined : this.run(plan.right, outer);
    const result: Row[] = [];
    for (const row of left) {
      const right = fixed ?? this.run(plan.right, row);
      const truths = right.map((r) =>
        plan.condition === null ? true : this.value(plan.condition, new Map([...row, ...r])),
      );
      const matches = right.filter((_, i) => truths[i] === true);
      matches.forEach((r) => matchedRight.add(r));
      result.push(...this.#joined(plan, row, matches, truths));
    }
    if (plan.joinKind !== "right" && plan.joinKind !== "full") return result;
    const nulls = nullRow(outputColumns(plan.left));
    const missing = (fixed ?? []).filter((r) => !matchedRight.has(r));
    return [...result, ...missing.map((r) => new Map([...outer, ...nulls, ...r]))];
  }

  #joined(
    plan: JoinOperator,
    row: Row,
    matches: readonly Row[],
    truths: readonly Value[],
  ): readonly Row[] {
    const pairs = matches.map((r) => new Map([...row, ...r]));
    const padded = (): readonly Row[] => [new Map([...row, ...nullRow(outputColumns(plan.right))])];
    switch (plan.joinKind) {
      case "inner":
      case "right":
        return pairs;
      case "left":
      case "full":
        return pairs.length > 0 ? pairs : padded();
      case "single":
        if (pairs.length > 1) throw new SqlError("cardinalityViolation", "more than one row");
        return pairs.length > 0 ? pairs : padded();
      case "semi":
        return matches.length > 0 ? [row] : [];
      case "anti":
        return matches.length > 0 ? [] : [row];
      case "mark":
        return plan.mark === null ? [] : [new Map([...row, [plan.mark.id, anyOf(truths)]])];
      default:
        return unreachable(plan.joinKind);
    }
  }

  #aggregate(plan: LogicalOperator & { kind: "aggregate" }, outer: Row): readonly Row[] {
    const groups = new Map<string, Row[]>();
    if (plan.keys.length === 0) groups.set("[]", []);
    for (const row of this.run(plan.input, outer)) {
      const key = JSON.stringify(plan.keys.map((k) => this.value(k.expression, row)));
      groups.set(key, [...(groups.get(key) ?? []), row]);
    }
    return [...groups.values()].map((rows) => {
      const [first] = rows;
      const keys = plan.keys.map(
        (k) => [k.column.id, first ? this.value(k.expression, first) : null] as const,
      );
      const values = plan.aggregates.map(
        (a) => [a.column.id, evaluateAggregate(a.call, rows, this.run)] as const,
      );
      return new Map([...outer, ...keys, ...values]);
    });
  }

  #setOperation(plan: SetOperationOperator, outer: Row): readonly Row[] {
    const side = (
      input: LogicalOperator,
      columns: readonly Column[],
    ): readonly (readonly Value[])[] =>
      this.run(input, outer).map((row) => columns.map((c) => valueOf(row, c)));
    const left = side(plan.left, plan.leftColumns);
    const right = side(plan.right, plan.rightColumns);
    return combineRows(plan.operation, plan.all, left, right).map(
      (values) =>
        new Map([...outer, ...plan.columns.map((c, i) => [c.id, values[i] ?? null] as const)]),
    );
  }

  #limit(plan: LimitOperator, outer: Row): readonly Row[] {
    const rows = this.run(plan.input, outer);
    const number = (e: Expression | null): number | null => {
      const value = e === null ? null : this.value(e, outer);
      return value === null ? null : Number(value);
    };
    const offset = number(plan.offset) ?? 0;
    const count = number(plan.count);
    return rows.slice(offset, count === null ? undefined : offset + count);
  }
}

export function valueOf(row: Row, column: Column | undefined): Value {
  const value = column === undefined ? undefined : row.get(column.id);
  if (value === undefined) throw new Error(`no column ${column?.name ?? "?"}`);
  return value;
}

export function nullRow(columns: readonly Column[]): Row {
  return new Map(columns.map((column) => [column.id, null]));
}

export function firstOfEach(
  rows: readonly Row[],
  key: (row: Row) => readonly Value[],
): readonly Row[] {
  const seen = new Set<string>();
  return rows.filter((row) => {
    const text = JSON.stringify(key(row));
    if (seen.has(text)) return false;
    seen.add(text);
    return true;
  });
}

/** LIMIT and OFFSET within rows of equal keys; NULL counts are absent ones. */
export function stretchOfEach(
  rows: readonly Row[],
  keysOf: (row: Row) => readonly Value[],
  countsOf: (row: Row) => readonly [Value, Value],
): readonly Row[] {
  const seen = new Map<string, number>();
  return rows.filter((row) => {
    const key = JSON.stringify(keysOf(row).map(String));
    const index = seen.get(key) ?? 0;
    seen.set(key, index + 1);
    const [count, offset] = countsOf(row).map((value) =>
      value === null ? undefined : Number(value),
    );
    const first = offset ?? 0;
    return index >= first && (count === undefined || index < first + count);
  });
}

export function combineRows(
  operation: SetOperationOperator["operation"],
  all: boolean,
  left: readonly (readonly Value[])[],
  right: readonly (readonly Value[])[],
): readonly (readonly Value[])[] {
  const distinct = (rows: readonly (readonly Value[])[]) => [
    ...new Map(rows.map((row) => [JSON.stringify(row), row])).values(),
  ];
  if (operation === "union") return all ? [...left, ...right] : distinct([...left, ...right]);
  const counts = new Map<string, number>();
  for (const row of right)
    counts.set(JSON.stringify(row), (counts.get(JSON.stringify(row)) ?? 0) + 1);
  const keeps = operation === "intersect";
  const source = all ? left : distinct(left);
  return source.filter((row) => {
    const text = JSON.stringify(row);
    const count = counts.get(text) ?? 0;
    if (all && count > 0) counts.set(text, count - 1);
    return count > 0 === keeps;
  });
}
