import type { Expression } from "../plan/index.js";
import type { ArgumentType } from "../types/index.js";
import type { ReturnType } from "./overload.js";

/** A set-returning function: for a row of arguments, rows of one column. */
export interface TableOverload {
  readonly args: readonly ArgumentType[];
  readonly returns: ReturnType;
  /** Whether an element may be NULL. */
  readonly nullable: boolean;
  /** The arguments as the engine takes them. */
  readonly lower: (args: readonly Expression[]) => readonly Expression[];
}

export interface TableFunction {
  readonly kind: "table";
  readonly name: string;
  readonly overloads: readonly TableOverload[];
}
