import type { Column, ColumnId, FileRelation, LogicalOperator } from "../../plan/index.js";
import { outputColumns } from "../../plan/index.js";

/** A plan's text with columns numbered as they come: equal texts are plans with equal rows. */
export interface CanonicalPlan {
  readonly text: string;
  /** Output columns by their numbers, so that twins' columns can be matched. */
  readonly numbers: ReadonlyMap<number, Column>;
}

/** Fields that say nothing about rows. */
const IDLE: ReadonlySet<string> = new Set(["alias", "position", "nullable", "name"]);

export function canonicalPlan(plan: LogicalOperator): CanonicalPlan {
  const numbers = new Map<ColumnId, number>();
  const numberOf = (id: ColumnId): number => {
    const known = numbers.get(id) ?? numbers.size;
    numbers.set(id, known);
    return known;
  };
  const parts: string[] = [];
  write(plan, parts, numberOf);
  const outputs = new Map(outputColumns(plan).map((column) => [numberOf(column.id), column]));
  return { text: parts.join(""), numbers: outputs };
}

function write(value: unknown, parts: string[], numberOf: (id: ColumnId) => number): void {
  if (typeof value !== "object" || value === null) {
    parts.push(typeof value === "bigint" ? `${String(value)}n` : JSON.stringify(value), ",");
    return;
  }
  if (Array.isArray(value)) {
    parts.push("[");
    for (const element of value) write(element, parts, numberOf);
    parts.push("]");
    return;
  }
  if (isColumn(value)) {
    parts.push(`#${String(numberOf(value.id))},`);
    return;
  }
  if (isRelation(value)) {
    parts.push(`@${value.schema}.${value.name}/${String(value.oid)},`);
    return;
  }
  parts.push("{");
  for (const [key, field] of inputsFirst(value)) {
    if (IDLE.has(key)) continue;
    parts.push(key, ":");
    write(field, parts, numberOf);
  }
  parts.push("}");
}

/** Inputs before what mentions their columns, so that numbers follow the data. */
function inputsFirst(value: object): readonly (readonly [string, unknown])[] {
  const entries = Object.entries(value) as (readonly [string, unknown])[];
  const rank = (key: string): number =>
    ["kind", "relation", "ordinals", "input", "left", "right"].indexOf(key) + 1 || 99;
  return [...entries].sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

function isColumn(value: object): value is Column {
  return "id" in value && "physical" in value && !("kind" in value);
}

function isRelation(value: object): value is FileRelation {
  return "files" in value && "format" in value;
}
