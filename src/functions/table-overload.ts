import type { Expression } from "../plan/index.js";
import type { ArgumentType, TypeName } from "../types/index.js";

/** A set-returning function in FROM: rows of one column named after the function. */
export interface TableOverload {
  readonly args: readonly ArgumentType[];
  readonly returns: TypeName;
  /** The arguments as the engine takes them. */
  readonly lower: (args: readonly Expression[]) => readonly Expression[];
}

export interface TableFunction {
  readonly kind: "table";
  readonly name: string;
  readonly overloads: readonly TableOverload[];
}
