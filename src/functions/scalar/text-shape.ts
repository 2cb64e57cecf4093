import type { TypeName } from "../../types/index.js";
import { op, overload, scalarFunction, type ScalarFunction } from "../overload.js";

/** Functions from text to text whose operation has the same name. */
function texts(
  name: string,
  lists: readonly (readonly TypeName[])[],
  fallible = false,
): ScalarFunction {
  return scalarFunction(
    name,
    lists.map((args) => overload(args, "text", op(name, { fallible }))),
  );
}

export const textShapes: readonly ScalarFunction[] = [
  texts("upper", [["text"]]),
  texts("lower", [["text"]]),
  texts("initcap", [["text"]]),
  texts("reverse", [["text"]]),
  texts("left", [["text", "int4"]]),
  texts("right", [["text", "int4"]]),
  texts(
    "lpad",
    [
      ["text", "int4"],
      ["text", "int4", "text"],
    ],
    true,
  ),
  texts(
    "rpad",
    [
      ["text", "int4"],
      ["text", "int4", "text"],
    ],
    true,
  ),
  texts("repeat", [["text", "int4"]], true),
  texts("replace", [["text", "text", "text"]]),
  texts("translate", [["text", "text", "text"]]),
  texts("split_part", [["text", "text", "int4"]], true),
  texts("quote_ident", [["text"]]),
  texts("unistr", [["text"]], true),
];
