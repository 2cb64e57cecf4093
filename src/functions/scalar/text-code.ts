import type { Expression } from "../../plan/index.js";
import { castTo } from "../cast.js";
import { callOp, TEXT } from "../construct.js";
import { argument, op, overload, scalarFunction, type ScalarFunction } from "../overload.js";

const free = { fallible: false };

function quote(name: string, nullable: boolean) {
  return (args: readonly Expression[]): Expression =>
    callOp(name, [castTo(argument(args, 0), "text")], {
      type: TEXT,
      fallible: false,
      ...(nullable ? {} : { nullable: false }),
    });
}

export const textCodes: readonly ScalarFunction[] = [
  scalarFunction("ascii", [overload(["text"], "int4", op("ascii", free))]),
  scalarFunction("chr", [overload(["int4"], "text", op("chr"))]),
  scalarFunction("to_hex", [
    overload(["int4"], "text", op("to_hex", free)),
    overload(["int8"], "text", op("to_hex", free)),
  ]),
  scalarFunction("md5", [
    overload(["text"], "text", op("md5", free)),
    overload(["bytea"], "text", op("md5", free)),
  ]),
  scalarFunction("quote_literal", [
    overload(["text"], "text", quote("quote_literal", true)),
    overload(["anyelement"], "text", quote("quote_literal", true), { volatility: "stable" }),
  ]),
  scalarFunction("quote_nullable", [
    overload(["text"], "text", quote("quote_nullable", false), { strict: false }),
    overload(["anyelement"], "text", quote("quote_nullable", false), {
      volatility: "stable",
      strict: false,
    }),
  ]),
];
