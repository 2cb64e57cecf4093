import { SqlError, unreachable } from "../errors/index.js";
import type {
  Column,
  Expression,
  HashJoin,
  NestedLoopJoin,
  PhysicalOperator,
  PhysicalPlan,
} from "../plan/index.js";
import {
  anyOf,
  evaluateAggregate,
  evaluateExpression,
  sortRows,
  type Row,
  type Value,
} from "./reference-expression.js";
import { expandRow } from "./reference-sets.js";
import {
  combineRows,
  firstOfEach,
  stretchOfEach,
  nullRow,
  valueOf,
  type Tables,
} from "./reference-logical.js";

/** Runs physical plans naively, as fragment.proto says what their operators mean. */
export class PhysicalReference {
  readonly #shared = new Map<number, readonly Row[]>();

  constructor(readonly tables: Tables) {}

  runPlan(plan: PhysicalPlan): readonly Row[] {
    for (const { sharedId, plan: shared } of plan.shared)
      this.#shared.set(sharedId, this.run(shared));
    return this.run(plan.root);
  }

  value = (expression: Expression, row: Row): Value =>
    evaluateExpression(expression, row, () => {
      throw new Error("a subquery in a physical plan");
    });

  run(plan: PhysicalOperator): readonly Row[] {
    const rows = this.#produce(plan);
    // Only declared columns are visible above.
    return rows.map((row) => new Map(plan.columns.map((c) => [c.id, valueOf(row, c)])));
  }

  #isTrue(condition: Expression | null, row: Row): boolean {
    return condition === null || this.value(condition, row) === true;
  }

  #produce(plan: PhysicalOperator): readonly Row[] {
    switch (plan.kind) {
      case "table-scan":
        return (this.tables[plan.relation.name] ?? [])
          .map(
            (values) =>
              new Map(plan.scanned.map((c, i) => [c.id, values[plan.ordinals[i] ?? 0] ?? null])),
          )
          .filter((row) => plan.conditions.every((condition) => this.#isTrue(condition, row)));
      case "values":
        return plan.tuples.map(
          (tuple) =>
            new Map(
              plan.columns.map((c, i) => [c.id, this.value(tuple[i] as Expression, new Map())]),
            ),
        );
      case "project-set":
        return this.run(plan.input).flatMap((row) => expandRow(plan, row, this.value));
      case "filter":
        return this.run(plan.input).filter((row) => this.#isTrue(plan.condition, row));
      case "project":
        return this.run(plan.input).map(
          (row) => new Map(plan.items.map((i) => [i.column.id, this.value(i.expression, row)])),
        );
      case "hash-join":
        return this.#hashJoin(plan);
      case "nested-loop-join":
        return this.#nestedLoop(plan);
      case "hash-aggregate":
        return this.#aggregate(plan);
      case "string-aggregate":
        return this.#strings(plan);
      case "sort":
        return sortRows(this.run(plan.input), plan.keys, this.value);
      case "distinct-on": {
        const sorted = sortRows(this.run(plan.input), plan.orderBy, this.value);
        return firstOfEach(sorted, (row) => plan.keys.map((key) => this.value(key, row)));
      }
      case "partition-limit": {
        const sorted = sortRows(this.run(plan.input), plan.orderBy, this.value);
        const count = (c: bigint | Column | null, row: Row): Value =>
          typeof c === "bigint" ? Number(c) : c && valueOf(row, c);
        return stretchOfEach(
          sorted,
          (row) => plan.keys.map((key) => this.value(key, row)),
          (row) => [count(plan.limit, row), count(plan.offset, row)],
        );
      }
      case "top-n": {
        const sorted = sortRows(this.run(plan.input), plan.keys, this.value);
        return sorted.slice(Number(plan.offset), Number(plan.offset + plan.limit));
      }
      case "limit": {
        const end = plan.limit === null ? undefined : Number(plan.offset + plan.limit);
        return this.run(plan.input).slice(Number(plan.offset), end);
      }
      case "union-all":
        return plan.inputs.flatMap((input, i) =>
          this.run(input).map((row) => renamed(row, plan.sources[i] ?? [], plan.columns)),
        );
      case "set-operation": {
        const values = (input: PhysicalOperator, columns: readonly Column[]) =>
          this.run(input).map((row) => columns.map((c) => valueOf(row, c)));
        const left = values(plan.left, plan.leftColumns);
        const right = values(plan.right, plan.rightColumns);
        return combineRows(plan.operation, plan.all, left, right).map(
          (row) => new Map(plan.columns.map((c, i) => [c.id, row[i] ?? null])),
        );
      }
      case "exchange":
        return this.run(plan.input);
      case "shared-scan":
        return (this.#shared.get(plan.sharedId) ?? []).map((row) =>
          renamed(row, plan.sources, plan.columns),
        );
      default:
        return unreachable(plan);
    }
  }

  /** Partial aggregates are passed over: the final one aggregates their input. */
  #aggregate(plan: PhysicalOperator & { kind: "hash-aggregate" }): readonly Row[] {
    if (plan.phase === "final") {
      const partial = plan.input.kind === "exchange" ? plan.input.input : plan.input;
      if (partial.kind !== "hash-aggregate") throw new Error("a final aggregate of no partial one");
      return this.#group({ ...partial, aggregates: plan.aggregates });
    }
    return this.#group(plan);
  }

  #group(plan: PhysicalOperator & { kind: "hash-aggregate" }): readonly Row[] {
    const groups = new Map<string, Row[]>();
    if (plan.keys.length === 0) groups.set("[]", []);
    for (const row of this.run(plan.input)) {
      const key = JSON.stringify(plan.keys.map((k) => this.value(k.expression, row)));
      groups.set(key, [...(groups.get(key) ?? []), row]);
    }
    return [...groups.values()].map((rows) => {
      const [first] = rows;
      const keys = plan.keys.map(
        (k) => [k.column.id, first ? this.value(k.expression, first) : null] as const,
      );
      const values = plan.aggregates.map(
        (a) => [a.column.id, evaluateAggregate(a.call, rows, () => [])] as const,
      );
      return new Map([...keys, ...values]);
    });
  }

  /** The call as an aggregate over the columns where the operator has them. */
  #strings(plan: PhysicalOperator & { kind: "string-aggregate" }): readonly Row[] {
    const { keyCount, orderBy, input } = plan;
    const columns = input.columns.map(refer);
    const keys = plan.columns
      .slice(0, keyCount)
      .map((column, i) => ({ column, expression: columns[i]! }));
    const args = columns.slice(keyCount, keyCount + 2);
    const call = { aggregate: "string_agg", args, distinct: false, filter: null, orderBy };
    const aggregates = plan.columns.slice(keyCount).map((column) => ({ column, call }));
    const { id, rows, cost } = plan;
    const base = {
      kind: "hash-aggregate",
      phase: "single",
      estimatedGroups: 0,
      results: [],
    } as const;
    return this.#group({ ...base, id, rows, cost, columns: plan.columns, input, keys, aggregates });
  }

  /** Whether two rows' keys agree: true, false, or NULL where a mark's comparison is unknown. */
  #keysMatch(plan: HashJoin, probe: Row, build: Row): Value {
    let unknown = false;
    for (const key of plan.keys) {
      const [a, b] = [this.value(key.probe, probe), this.value(key.build, build)];
      if (a !== null && b !== null) {
        if (a !== b) return false;
        continue;
      }
      if (key.nullsEqual && a === b) continue;
      if (!key.unknownOnNull) return false;
      unknown = true;
    }
    return unknown ? null : true;
  }

  #hashJoin(plan: HashJoin): readonly Row[] {
    if (plan.joinKind === "mark" && plan.residual !== null)
      throw new Error("a mark join's residual");
    const match = (probe: Row, build: Row): Value => {
      const keys = this.#keysMatch(plan, probe, build);
      if (keys !== true || plan.residual === null) return keys;
      return this.value(plan.residual, new Map([...probe, ...build]));
    };
    return joinRows(plan.joinKind, plan.mark, plan.probe, plan.build, match, (side) =>
      this.run(side),
    );
  }

  #nestedLoop(plan: NestedLoopJoin): readonly Row[] {
    const match = (outer: Row, inner: Row): Value =>
      plan.condition === null ? true : this.value(plan.condition, new Map([...outer, ...inner]));
    return joinRows(plan.joinKind, plan.mark, plan.outer, plan.inner, match, (side) =>
      this.run(side),
    );
  }
}

function refer(column: Column): Expression {
  const { type, physical, nullable } = column;
  return { kind: "column", column, type, physical, nullable };
}

function renamed(row: Row, from: readonly Column[], to: readonly Column[]): Row {
  return new Map(to.map((column, i) => [column.id, valueOf(row, from[i])]));
}

function joinRows(
  kind: HashJoin["joinKind"],
  mark: Column | null,
  first: PhysicalOperator,
  second: PhysicalOperator,
  match: (a: Row, b: Row) => Value,
  run: (side: PhysicalOperator) => readonly Row[],
): readonly Row[] {
  const stored = run(second);
  const matchedStored = new Set<Row>();
  const result: Row[] = [];
  for (const row of run(first)) {
    const truths = stored.map((other) => match(row, other));
    const matches = stored.filter((_, i) => truths[i] === true);
    matches.forEach((other) => matchedStored.add(other));
    const pairs = matches.map((other) => new Map([...row, ...other]));
    const padded = new Map([...row, ...nullRow(second.columns)]);
    if (kind === "inner" || kind === "right") result.push(...pairs);
    if (kind === "left" || kind === "full") result.push(...(pairs.length > 0 ? pairs : [padded]));
    if (kind === "single") {
      if (pairs.length > 1) throw new SqlError("cardinalityViolation", "more than one row");
      result.push(pairs[0] ?? padded);
    }
    if (kind === "semi" && matches.length > 0) result.push(row);
    if (kind === "anti" && matches.length === 0) result.push(row);
    if (kind === "mark" && mark !== null) result.push(new Map([...row, [mark.id, anyOf(truths)]]));
  }
  const missing = stored.filter((other) => !matchedStored.has(other));
  if (kind === "right" || kind === "full") {
    result.push(...missing.map((other) => new Map([...nullRow(first.columns), ...other])));
  }
  if (kind === "build-semi") result.push(...stored.filter((other) => matchedStored.has(other)));
  if (kind === "build-anti") result.push(...missing);
  return result;
}
