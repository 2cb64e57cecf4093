import {
  aggregateFunction,
  custom,
  direct,
  type AggregateFunction,
} from "../aggregate-overload.js";
import { featureNotSupported } from "../../errors/index.js";

export const bitAggregates: readonly AggregateFunction[] = ["bit_and", "bit_or", "bit_xor"].map(
  (name) =>
    aggregateFunction(name, [
      direct(name, ["int2"], "int2"),
      direct(name, ["int4"], "int4"),
      direct(name, ["int8"], "int8"),
      custom(["bit"], "void", () => {
        throw featureNotSupported(`${name} over bit is not supported`);
      }),
    ]),
);
