import type { SetCall } from "../../plan/index.js";

/** Rows of a set of which nothing is known, as PostgreSQL takes them. */
const UNKNOWN_ROWS = 1000;
const PHYSICAL_INTEGERS: ReadonlySet<string> = new Set(["i32", "i64"]);

/** Rows that sets in lockstep make of one row: those of the longest. */
export function setRows(sets: readonly SetCall[]): number {
  return sets.reduce((rows, set) => Math.max(rows, rowsOf(set)), 0);
}

function rowsOf({ functionName, args, column }: SetCall): number {
  if (functionName === "") return 1;
  if (args.some((arg) => arg.kind === "literal" && arg.text === null)) {
    return functionName === "string_to_table" ? UNKNOWN_ROWS : 0;
  }
  const isSeries = functionName === "generate_series";
  if (!isSeries || !PHYSICAL_INTEGERS.has(column.physical.kind)) return UNKNOWN_ROWS;
  const [first, last, step] = args.map((arg) => (arg.kind === "literal" ? Number(arg.text) : NaN));
  const steps = Math.floor(((last ?? NaN) - (first ?? NaN)) / (step ?? NaN));
  return Number.isFinite(steps) ? Math.max(0, steps + 1) : UNKNOWN_ROWS;
}
