import {
  setColumns,
  type Expression,
  type ProjectSetOperator,
  type SetCall,
} from "../plan/index.js";
import type { Row, Value } from "./reference-expression.js";

type Evaluate = (expression: Expression, row: Row) => Value;

/** Each row with the elements of its sets; only series of integers are known here. */
export function expandRow(
  plan: Pick<ProjectSetOperator, "sets" | "ordinality" | "keepsEmpty">,
  row: Row,
  value: Evaluate,
): readonly Row[] {
  const sets = plan.sets.map((set) => elements(set, row, value));
  const length = Math.max(...sets.map((set) => set.length));
  const columns = setColumns(plan);
  if (length === 0 && plan.keepsEmpty) {
    return [new Map([...row, ...columns.map((c) => [c.id, null] as const)])];
  }
  return Array.from({ length }, (_, i) => {
    const made = columns.map((column, c) => {
      const element = c < sets.length ? (sets[c]?.[i] ?? null) : i + 1;
      return [column.id, element] as const;
    });
    return new Map([...row, ...made]);
  });
}

function elements(set: SetCall, row: Row, value: Evaluate): readonly Value[] {
  const args = set.args.map((arg) => value(arg, row));
  if (set.functionName === "") return args;
  if (set.functionName !== "generate_series") {
    throw new Error(`the reference has no function ${set.functionName}`);
  }
  if (args.includes(null)) return [];
  const [first = 0, last = 0, step = 1] = args.map(Number);
  const found: number[] = [];
  for (let at = first; step > 0 ? at <= last : at >= last; at += step) found.push(at);
  return found;
}
