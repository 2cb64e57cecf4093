import type { A_Const } from "libpg-query";
import type { IntegerLiteral, Literal, NumericLiteral, Position } from "../ast/index.js";
import { invalidBitDigit } from "../../errors/index.js";
import { freeze, type Lowering } from "./context.js";

const INT8_MIN = -(2n ** 63n);
const INT8_MAX = 2n ** 63n - 1n;

/** A constant; which member is present says its kind, and an empty member is its default. */
export function lowerConstant(constant: A_Const, context: Lowering): Literal {
  const position = context.at(constant.location);
  if (constant.isnull === true) return freeze({ kind: "nullLiteral", position });
  if (constant.ival !== undefined) {
    return freeze({ kind: "integerLiteral", text: String(constant.ival.ival ?? 0), position });
  }
  if (constant.fval !== undefined) return numberLiteral(constant.fval.fval ?? "0", position);
  if (constant.boolval !== undefined) {
    return freeze({ kind: "booleanLiteral", value: constant.boolval.boolval ?? false, position });
  }
  if (constant.bsval !== undefined) return bitString(constant.bsval.bsval ?? "b", position);
  return freeze({ kind: "stringLiteral", text: constant.sval?.sval ?? "", position });
}

/** Text of a number beyond int4: hexadecimal and `_` become plain decimal, as the value is read. */
function numberLiteral(written: string, position: Position): IntegerLiteral | NumericLiteral {
  const text = plainDecimal(written.replaceAll("_", ""));
  const fitsInt8 = /^-?\d+$/.test(text) && inInt8(BigInt(text));
  return freeze({ kind: fitsInt8 ? "integerLiteral" : "numericLiteral", text, position });
}

function inInt8(value: bigint): boolean {
  return value >= INT8_MIN && value <= INT8_MAX;
}

function plainDecimal(text: string): string {
  const match = /^(-?)(0[xXoObB][0-9a-fA-F]+)$/.exec(text);
  if (match === null) return text;
  const [, sign = "", digits = "0"] = match;
  return `${sign}${BigInt(digits).toString()}`;
}

/** The grammar keeps the radix as a leading `b` or `x`, and any text behind it. */
function bitString(text: string, position: Position): Literal {
  const radix = text.startsWith("x") ? "hexadecimal" : "binary";
  const digits = text.slice(1);
  const invalid = (radix === "binary" ? /[^01]/u : /[^0-9a-f]/iu).exec(digits);
  if (invalid !== null) throw invalidBitDigit(invalid[0], radix, position);
  return freeze({ kind: "bitStringLiteral", radix, digits, position });
}
