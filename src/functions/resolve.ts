import { chooseOverload, type ArgumentType, type Choice, type TypeName } from "../types/index.js";
import type { ScalarOverload } from "./overload.js";

interface Signature {
  readonly args: readonly ArgumentType[];
}

/** The overload a function call means: an exact match, else PostgreSQL's choice among the usable. */
export function resolveFunction<O extends Signature>(
  overloads: readonly O[],
  inputs: readonly TypeName[],
): Choice<O> {
  const candidates = overloads.filter((o) => o.args.length === inputs.length);
  const exact = candidates.find((o) => o.args.every((a, i) => a === inputs[i]));
  if (exact !== undefined) return { kind: "chosen", candidate: exact };
  return chooseOverload(candidates, inputs);
}

/**
 * The overload an operator means. An operand of unknown type is first taken for the type of the
 * other one (PostgreSQL's binary_oper_exact).
 */
export function resolveOperator<O extends Signature>(
  overloads: readonly O[],
  inputs: readonly TypeName[],
): Choice<O> {
  const candidates = overloads.filter((o) => o.args.length === inputs.length);
  const known = inputs.find((t) => t !== "unknown");
  if (known !== undefined) {
    const assumed = inputs.map((t) => (t === "unknown" ? known : t));
    const exact = candidates.find((o) => o.args.every((a, i) => a === assumed[i]));
    if (exact !== undefined) return { kind: "chosen", candidate: exact };
  }
  return chooseOverload(candidates, inputs);
}

/** A call's overload with the declared types of just the arguments given. */
export interface Expanded {
  readonly overload: ScalarOverload;
  readonly args: readonly ArgumentType[];
}

/** Overloads that take `count` arguments: as declared, repeated (VARIADIC), or with defaults. */
export function expandOverloads(
  overloads: readonly ScalarOverload[],
  count: number,
): readonly Expanded[] {
  return overloads.flatMap((overload) => {
    const { args, variadic, defaults } = overload;
    const last = args.at(-1);
    if (variadic && last !== undefined && count >= args.length) {
      const repeated = new Array<ArgumentType>(count - args.length).fill(last);
      return [{ overload, args: [...args, ...repeated] }];
    }
    if (count <= args.length && count >= args.length - defaults.length) {
      return [{ overload, args: args.slice(0, count) }];
    }
    return [];
  });
}
