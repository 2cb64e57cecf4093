import { featureNotSupported, undefinedParameter } from "../../errors/index.js";
import { at, boolean, literal, numericLiteral } from "../../functions/index.js";
import type { Literal, Parameter } from "../../parser/index.js";
import type { Expression } from "../../plan/index.js";
import { sqlType } from "../../types/index.js";
import type { Scope } from "../scope.js";

const INT4_MIN = -(2n ** 31n);
const INT4_MAX = 2n ** 31n - 1n;

/** A constant: of type int4, int8, numeric or boolean, or of unknown type still. */
export function bindLiteral(ast: Literal): Expression {
  switch (ast.kind) {
    case "integerLiteral": {
      const value = BigInt(ast.text);
      const small = value >= INT4_MIN && value <= INT4_MAX;
      return at(literal(String(value), sqlType(small ? "int4" : "int8")), ast.position);
    }
    case "numericLiteral":
      return at(numericLiteral(ast.text), ast.position);
    case "booleanLiteral":
      return at(boolean(ast.value), ast.position);
    case "stringLiteral":
      return at(literal(ast.text, sqlType("unknown")), ast.position);
    case "nullLiteral":
      return at(literal(null, sqlType("unknown")), ast.position);
    case "bitStringLiteral":
      throw featureNotSupported("bit strings are not supported", ast.position);
  }
}

export function bindParameter(ast: Parameter, scope: Scope): Expression {
  const { statement } = scope;
  const { number } = ast;
  if (number < 1 || !statement.context.parametersAllowed)
    throw undefinedParameter(number, ast.position);
  return statement.parameters.reference(number, ast.position);
}
