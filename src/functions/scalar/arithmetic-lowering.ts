import { castTo } from "../cast.js";
import { callOp } from "../construct.js";
import { overload, type Lower, type ScalarOverload } from "../overload.js";
import { FLOAT_PAIRS, INTEGER_PAIRS } from "./arithmetic-types.js";

/** One operation over two numbers, both first brought to the result's type. */
export function onWiderType(name: string): Lower {
  return (args, site) => {
    const wide = args.map((a) => castTo(a, site.type.name));
    return callOp(name, wide, { type: site.type, fallible: true });
  };
}

/** Overloads of a binary operator over all pairs of integers and of floats. */
export function numberPairs(name: string): readonly ScalarOverload[] {
  const lower = onWiderType(name);
  return [...INTEGER_PAIRS, ...FLOAT_PAIRS].map(([left, right, result]) =>
    overload([left, right], result, lower),
  );
}
