import { invariant } from "../errors/index.js";
import {
  inputsOf,
  outputColumns,
  type Column,
  type ColumnId,
  type LogicalOperator,
} from "../plan/index.js";
import { sameType } from "../types/index.js";
import { dependsOn, freeColumns, outputIds } from "./properties/free-columns.js";

const checked = new WeakSet<LogicalOperator>();

/**
 * Ends the statement (XX000, naming `rule`) where a plan is not well formed: a column mentioned that
 * no input has, one column put out twice, an output that went missing or changed its type, a
 * reference to a common table that is not defined.
 */
export function verifyPlan(plan: LogicalOperator, outputs: readonly Column[], rule: string): void {
  const columns = new Map(outputColumns(plan).map((column) => [column.id, column]));
  for (const output of outputs) {
    const column = columns.get(output.id);
    const isKept = column !== undefined && sameType(column.type, output.type);
    invariant(isKept, `${rule} lost the output column ${output.name}`);
  }
  const [free] = freeColumns(plan).values();
  invariant(free === undefined, `${rule} left ${describe(free)} undefined`);
  verifyNode(plan, new Map(), rule);
}

function describe(column: Column | undefined): string {
  return column === undefined ? "nothing" : `column ${column.name}#${String(column.id)}`;
}

type Tables = ReadonlyMap<number, LogicalOperator>;

function verifyNode(plan: LogicalOperator, tables: Tables, rule: string): void {
  if (plan.kind === "with") {
    verifyNode(plan.definition, tables, rule);
    verifyNode(plan.body, new Map([...tables, [plan.cteId, plan.definition]]), rule);
    return;
  }
  if (plan.kind === "cte-reference") verifyReference(plan, tables, rule);
  // A plan holds its references for good, so only those need another look elsewhere.
  const known = checked.has(plan);
  for (const input of inputsOf(plan)) verifyNode(input, tables, rule);
  if (known) return;
  verifyOutputs(plan, rule);
  if (plan.kind === "join" && !plan.dependent) {
    invariant(!dependsOn(plan.right, plan.left), `${rule} left a dependent join unmarked`);
  }
  if (plan.kind === "set-operation") verifySides(plan, rule);
  checked.add(plan);
}

function verifyReference(
  plan: LogicalOperator & { kind: "cte-reference" },
  tables: Tables,
  rule: string,
): void {
  const definition = tables.get(plan.cteId);
  if (definition === undefined) return;
  const columns = outputIds(definition);
  for (const source of plan.definitionColumns) {
    invariant(columns.has(source.id), `${rule} dropped ${describe(source)} of ${plan.name}`);
  }
}

function verifyOutputs(plan: LogicalOperator, rule: string): void {
  const seen = new Set<ColumnId>();
  for (const column of outputColumns(plan)) {
    invariant(!seen.has(column.id), `${rule} puts out ${describe(column)} twice`);
    seen.add(column.id);
  }
}

function verifySides(plan: LogicalOperator & { kind: "set-operation" }, rule: string): void {
  const sides = [
    [plan.left, plan.leftColumns],
    [plan.right, plan.rightColumns],
  ] as const;
  for (const [input, columns] of sides) {
    const available = outputIds(input);
    for (const column of columns) {
      invariant(available.has(column.id), `${rule} dropped ${describe(column)} of a set operation`);
    }
  }
}
