import type { Position } from "./position.js";

/**
 * Digits with an optional sign (`-5` is one literal); always fits int8. Its type is int4 where that
 * fits, else int8. Hexadecimal, octal and binary spellings and `_` are already plain decimal.
 */
export interface IntegerLiteral {
  readonly kind: "integerLiteral";
  readonly text: string;
  readonly position: Position;
}

/** A number that int8 cannot hold or that has a point or an exponent; the text as written. */
export interface NumericLiteral {
  readonly kind: "numericLiteral";
  readonly text: string;
  readonly position: Position;
}

/** A string constant of still unknown type, escapes resolved. */
export interface StringLiteral {
  readonly kind: "stringLiteral";
  readonly text: string;
  readonly position: Position;
}

export interface BitStringLiteral {
  readonly kind: "bitStringLiteral";
  readonly radix: "binary" | "hexadecimal";
  readonly digits: string;
  readonly position: Position;
}

export interface BooleanLiteral {
  readonly kind: "booleanLiteral";
  readonly value: boolean;
  readonly position: Position;
}

export interface NullLiteral {
  readonly kind: "nullLiteral";
  readonly position: Position;
}

export type Literal =
  IntegerLiteral | NumericLiteral | StringLiteral | BitStringLiteral | BooleanLiteral | NullLiteral;
