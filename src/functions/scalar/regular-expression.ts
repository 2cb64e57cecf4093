import type { TypeName } from "../../types/index.js";
import { not } from "../construct.js";
import {
  op,
  operator,
  overload,
  scalarFunction,
  type Lower,
  type ScalarFunction,
} from "../overload.js";

function matching(symbol: string, lower: Lower): ScalarFunction {
  return operator(
    symbol,
    (["text", "bpchar", "name"] as const).map((type) => overload([type, "text"], "bool", lower)),
  );
}

const negated =
  (lower: Lower): Lower =>
  (args, site) =>
    not(lower(args, site));

/** One function of a regular expression, over several lists of arguments. */
function regexp(name: string, returns: TypeName, lists: readonly TypeName[][]): ScalarFunction {
  const nullable = name === "regexp_substr" ? { nullable: true } : {};
  return scalarFunction(
    name,
    lists.map((args) => overload(args, returns, op(name, nullable))),
  );
}

export const regularExpressions: readonly ScalarFunction[] = [
  matching("~", op("textregexeq")),
  matching("~*", op("texticregexeq")),
  matching("!~", negated(op("textregexeq"))),
  matching("!~*", negated(op("texticregexeq"))),
  regexp("regexp_like", "bool", [
    ["text", "text"],
    ["text", "text", "text"],
  ]),
  regexp("regexp_count", "int4", [
    ["text", "text"],
    ["text", "text", "int4"],
    ["text", "text", "int4", "text"],
  ]),
  regexp("regexp_instr", "int4", [
    ["text", "text"],
    ["text", "text", "int4"],
    ["text", "text", "int4", "int4"],
    ["text", "text", "int4", "int4", "int4"],
    ["text", "text", "int4", "int4", "int4", "text"],
    ["text", "text", "int4", "int4", "int4", "text", "int4"],
  ]),
  regexp("regexp_substr", "text", [
    ["text", "text"],
    ["text", "text", "int4"],
    ["text", "text", "int4", "int4"],
    ["text", "text", "int4", "int4", "text"],
    ["text", "text", "int4", "int4", "text", "int4"],
  ]),
  regexp("regexp_replace", "text", [
    ["text", "text", "text"],
    ["text", "text", "text", "text"],
    ["text", "text", "text", "int4"],
    ["text", "text", "text", "int4", "int4"],
    ["text", "text", "text", "int4", "int4", "text"],
  ]),
];
