import { unreachable } from "../../errors/index.js";
import {
  operatorsOf,
  outputColumns,
  setColumns,
  type Column,
  type ColumnId,
  type Expression,
  type JoinOperator,
  type LogicalOperator,
  type ScanOperator,
} from "../../plan/index.js";
import { asEquality, conjunction, conjunctsOf } from "../expression/build.js";
import { isOver } from "../expression/facts.js";
import { columnOf, distinctAfter, scaled, type ColumnEstimate, type Estimate } from "./estimate.js";
import { joinSelectivity, type KeyDistinct } from "./join-selectivity.js";
import { onNumberLine } from "./number-line.js";
import { distinctOf, selectivity } from "./selectivity.js";
import { setRows } from "./set-rows.js";

const UNKNOWN_ROWS = 1000;

/** Rows and column values of logical plans; remembers what it worked out. */
export class Estimator {
  readonly #known = new WeakMap<LogicalOperator, Estimate>();
  readonly #tables = new Map<number, LogicalOperator>();

  /** Makes the definitions of common tables known to references. */
  learn(plan: LogicalOperator): void {
    for (const node of operatorsOf(plan)) {
      if (node.kind === "with") this.#tables.set(node.cteId, node.definition);
    }
  }

  rows(plan: LogicalOperator): number {
    return this.estimate(plan).rows;
  }

  estimate(plan: LogicalOperator): Estimate {
    const known = this.#known.get(plan);
    if (known !== undefined) return known;
    const estimate = this.#derive(plan);
    this.#known.set(plan, estimate);
    return estimate;
  }

  #derive(plan: LogicalOperator): Estimate {
    switch (plan.kind) {
      case "scan":
        return ofScan(plan);
      case "values":
        return ofRows(plan.rows.length, plan.columns);
      case "cte-reference":
        return this.#reference(plan);
      case "filter":
        return filteredBy(this.estimate(plan.input), plan.condition);
      case "project": {
        const input = this.estimate(plan.input);
        const columns = plan.items.map(
          (i) => [i.column.id, ofExpression(i.expression, input)] as const,
        );
        return { rows: input.rows, columns: new Map(columns) };
      }
      case "project-set":
        return this.#projectSet(plan);
      case "aggregate":
        return this.#aggregate(plan);
      case "distinct-on": {
        const input = this.estimate(plan.input);
        return scaled(input, groupCount(plan.keys, input));
      }
      case "partition-limit": {
        const input = this.estimate(plan.input);
        const text = plan.count?.kind === "literal" ? plan.count.text : null;
        const kept = text === null ? input.rows : groupCount(plan.keys, input) * Number(text);
        return scaled(input, Math.min(input.rows, kept));
      }
      case "sort":
        return this.estimate(plan.input);
      case "limit": {
        const input = this.estimate(plan.input);
        const text = plan.count?.kind === "literal" ? plan.count.text : null;
        return text === null ? input : scaled(input, Math.min(input.rows, Number(text)));
      }
      case "with":
        this.#tables.set(plan.cteId, plan.definition);
        return this.estimate(plan.body);
      case "set-operation":
        return this.#setOperation(plan);
      case "join":
        return this.#join(plan);
      default:
        return unreachable(plan);
    }
  }

  #projectSet(plan: LogicalOperator & { kind: "project-set" }): Estimate {
    const input = this.estimate(plan.input);
    const elements = setRows(plan.sets);
    const rows = input.rows * (plan.keepsEmpty ? Math.max(1, elements) : elements);
    const each: ColumnEstimate = { ...UNKNOWN_COLUMN, distinct: Math.max(1, elements) };
    const made = setColumns(plan).map((column) => [column.id, each] as const);
    return { rows, columns: new Map([...input.columns, ...made]) };
  }

  #reference(plan: LogicalOperator & { kind: "cte-reference" }): Estimate {
    const definition = this.#tables.get(plan.cteId);
    if (definition === undefined) return ofRows(UNKNOWN_ROWS, plan.columns);
    const source = this.estimate(definition);
    const columns = plan.columns.map((column, i) => {
      const original = plan.definitionColumns[i];
      return [column.id, columnOf(source, original?.id ?? column.id)] as const;
    });
    return { rows: source.rows, columns: new Map(columns) };
  }

  #aggregate(plan: LogicalOperator & { kind: "aggregate" }): Estimate {
    const input = this.estimate(plan.input);
    const rows =
      plan.keys.length === 0
        ? 1
        : groupCount(
            plan.keys.map((k) => k.expression),
            input,
          );
    const columns = new Map<ColumnId, ColumnEstimate>();
    for (const key of plan.keys) {
      const column = ofExpression(key.expression, input);
      columns.set(key.column.id, { ...column, distinct: Math.min(column.distinct, rows) });
    }
    for (const { column } of plan.aggregates) {
      columns.set(column.id, { ...UNKNOWN_COLUMN, distinct: Math.max(1, rows * 0.8) });
    }
    return { rows, columns };
  }

  #setOperation(plan: LogicalOperator & { kind: "set-operation" }): Estimate {
    const left = this.estimate(plan.left);
    const right = this.estimate(plan.right);
    const both = left.rows + right.rows;
    const rows =
      plan.operation === "union"
        ? plan.all
          ? both
          : both * 0.8
        : plan.operation === "intersect"
          ? Math.min(left.rows, right.rows) * 0.5
          : left.rows * 0.5;
    const columns = plan.columns.map((column, i) => {
      const a = columnOf(left, plan.leftColumns[i]?.id ?? column.id);
      const b = columnOf(right, plan.rightColumns[i]?.id ?? column.id);
      return [
        column.id,
        { ...a, ...hull(a, b), distinct: Math.max(1, Math.min(rows, a.distinct + b.distinct)) },
      ] as const;
    });
    return { rows, columns: new Map(columns) };
  }

  #join(plan: JoinOperator): Estimate {
    return joinEstimate(plan, this.estimate(plan.left), this.estimate(plan.right));
  }
}

const UNKNOWN_COLUMN: ColumnEstimate = {
  distinct: 200,
  nullFraction: 0,
  minimum: undefined,
  maximum: undefined,
};

function hull(a: ColumnEstimate, b: ColumnEstimate): Pick<ColumnEstimate, "minimum" | "maximum"> {
  const minimum =
    a.minimum === undefined || b.minimum === undefined ? undefined : Math.min(a.minimum, b.minimum);
  const maximum =
    a.maximum === undefined || b.maximum === undefined ? undefined : Math.max(a.maximum, b.maximum);
  return { minimum, maximum };
}

function ofRows(rows: number, columns: readonly Column[]): Estimate {
  const each: ColumnEstimate = { ...UNKNOWN_COLUMN, distinct: Math.max(1, Math.min(200, rows)) };
  return { rows, columns: new Map(columns.map((column) => [column.id, each])) };
}

function ofScan(plan: ScanOperator): Estimate {
  const { statistics, columns } = plan.relation;
  const rows = statistics.rowCount;
  const estimates = plan.columns.map((column, i) => {
    const name = columns[plan.ordinals[i] ?? 0]?.name ?? "";
    const known = statistics.columns.get(name);
    const distinct = known?.unique === true ? rows : (known?.distinctCount ?? Math.min(rows, 200));
    const estimate: ColumnEstimate = {
      distinct: Math.max(1, Math.min(distinct, Math.max(1, rows))),
      nullFraction: known?.nullFraction ?? 0,
      minimum: onNumberLine(known?.minimum, column.physical.kind),
      maximum: onNumberLine(known?.maximum, column.physical.kind),
    };
    return [column.id, estimate] as const;
  });
  return { rows, columns: new Map(estimates) };
}

function ofExpression(expression: Expression, input: Estimate): ColumnEstimate {
  if (expression.kind === "column") return columnOf(input, expression.column.id);
  return { ...UNKNOWN_COLUMN, distinct: Math.max(1, distinctOf(expression, input)) };
}

/** Distinct combinations of the keys: a product, damped since keys tend to go together. */
export function groupCount(keys: readonly Expression[], input: Estimate): number {
  const counts = keys.map((key) => Math.max(1, distinctOf(key, input)));
  const product = counts.reduce((all, count) => all * count, 1);
  return Math.max(Math.min(1, input.rows), Math.min(product, input.rows));
}

/** Rows that pass; columns compared with constants keep fewer values. */
export function filteredBy(input: Estimate, condition: Expression): Estimate {
  const rows = input.rows * selectivity(condition, input);
  const output = scaled(input, rows);
  const columns = new Map(output.columns);
  for (const conjunct of conjunctsOf(condition)) {
    if (conjunct.kind === "in-list" && conjunct.operand.kind === "column" && !conjunct.negated) {
      narrow(columns, conjunct.operand.column.id, conjunct.items.length);
    }
    const equality = asEquality(conjunct);
    if (equality === undefined) continue;
    const { left, right } = equality;
    if (left.kind === "column" && right.kind === "literal") narrow(columns, left.column.id, 1);
    if (right.kind === "column" && left.kind === "literal") narrow(columns, right.column.id, 1);
  }
  return { rows, columns };
}

function narrow(columns: Map<ColumnId, ColumnEstimate>, id: ColumnId, distinct: number): void {
  const column = columns.get(id);
  if (column !== undefined)
    columns.set(id, { ...column, distinct: Math.min(column.distinct, distinct) });
}

/** A join of inputs with these estimates. */
export function joinEstimate(plan: JoinOperator, left: Estimate, right: Estimate): Estimate {
  const both: Estimate = {
    rows: left.rows * right.rows,
    columns: new Map([...left.columns, ...right.columns]),
  };
  const { keys, others } = splitKeys(plan, left, right);
  const share = joinSelectivity(keys, left.rows, right.rows) * selectivity(others, both);
  const inner = both.rows * share;
  switch (plan.joinKind) {
    case "inner":
      return merged(left, right, inner);
    case "left":
      return merged(left, right, Math.max(inner, left.rows));
    case "right":
      return merged(left, right, Math.max(inner, right.rows));
    case "full":
      return merged(
        left,
        right,
        Math.max(inner, left.rows, right.rows, (left.rows + right.rows) / 2),
      );
    case "single":
      return merged(left, right, left.rows);
    case "mark":
      return left;
    case "semi":
      return scaled(left, left.rows * matchShare(keys, inner, left, others !== null));
    case "anti":
      return scaled(
        left,
        left.rows * Math.max(0.02, 1 - matchShare(keys, inner, left, others !== null)),
      );
    default:
      return unreachable(plan.joinKind);
  }
}

/** The share of left rows with a partner: their values are among the right side's or not. */
function matchShare(
  keys: readonly KeyDistinct[],
  inner: number,
  left: Estimate,
  hasOthers: boolean,
): number {
  const byRows = left.rows === 0 ? 0 : inner / left.rows;
  if (keys.length === 0) return Math.min(1, byRows);
  const byValues = keys.reduce((share, k) => Math.min(share, k.right / Math.max(1, k.left)), 1);
  return Math.min(1, byValues * (hasOthers ? 0.8 : 1), Math.max(byRows, 1e-6));
}

function merged(left: Estimate, right: Estimate, rows: number): Estimate {
  const columns = new Map<ColumnId, ColumnEstimate>();
  for (const side of [left, right]) {
    for (const [id, column] of side.columns) {
      const distinct =
        rows < side.rows ? distinctAfter(column.distinct, side.rows, rows) : column.distinct;
      columns.set(id, { ...column, distinct: Math.max(Math.min(1, rows), distinct) });
    }
  }
  return { rows, columns };
}

function splitKeys(
  plan: JoinOperator,
  left: Estimate,
  right: Estimate,
): { keys: readonly KeyDistinct[]; others: Expression | null } {
  const leftIds = new Set(outputColumns(plan.left).map((c) => c.id));
  const rightIds = new Set(outputColumns(plan.right).map((c) => c.id));
  const keys: KeyDistinct[] = [];
  const others: Expression[] = [];
  for (const conjunct of conjunctsOf(plan.condition)) {
    const equality = asEquality(conjunct);
    const sides = equality && [equality.left, equality.right];
    const [a, b] = sides ?? [];
    if (a !== undefined && b !== undefined && isOver(a, leftIds) && isOver(b, rightIds)) {
      keys.push({ left: distinctOf(a, left), right: distinctOf(b, right) });
    } else if (a !== undefined && b !== undefined && isOver(b, leftIds) && isOver(a, rightIds)) {
      keys.push({ left: distinctOf(b, left), right: distinctOf(a, right) });
    } else others.push(conjunct);
  }
  return { keys, others: conjunction(others) };
}
