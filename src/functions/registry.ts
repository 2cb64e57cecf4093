import type { AggregateFunction, AggregateOverload } from "./aggregate-overload.js";
import type { ScalarFunction, ScalarOverload } from "./overload.js";
import type { TableFunction, TableOverload } from "./table-overload.js";

export type RegisteredFunction = ScalarFunction | AggregateFunction | TableFunction;

/** All functions by name; one name may be registered in several pieces of the same kind. */
export class FunctionRegistry {
  readonly #functions = new Map<string, ScalarOverload[]>();
  readonly #operators = new Map<string, ScalarOverload[]>();
  readonly #aggregates = new Map<string, AggregateOverload[]>();
  readonly #tables = new Map<string, TableOverload[]>();

  constructor(registered: readonly RegisteredFunction[]) {
    for (const one of registered) {
      switch (one.kind) {
        case "function":
          append(this.#functions, one.name, one.overloads);
          break;
        case "operator":
          append(this.#operators, one.name, one.overloads);
          break;
        case "aggregate":
          append(this.#aggregates, one.name, one.overloads);
          break;
        case "table":
          append(this.#tables, one.name, one.overloads);
          break;
      }
    }
  }

  functions(name: string): readonly ScalarOverload[] {
    return this.#functions.get(name) ?? [];
  }

  operators(name: string): readonly ScalarOverload[] {
    return this.#operators.get(name) ?? [];
  }

  aggregates(name: string): readonly AggregateOverload[] {
    return this.#aggregates.get(name) ?? [];
  }

  tables(name: string): readonly TableOverload[] {
    return this.#tables.get(name) ?? [];
  }

  /** Whether anything but an operator has this name. */
  hasFunction(name: string): boolean {
    return this.#functions.has(name) || this.#aggregates.has(name) || this.#tables.has(name);
  }
}

function append<T>(into: Map<string, T[]>, name: string, overloads: readonly T[]): void {
  const known = into.get(name);
  if (known === undefined) into.set(name, [...overloads]);
  else known.push(...overloads);
}
