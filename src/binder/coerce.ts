import { cannotAssignParameter, cannotCast, internalError, SqlError } from "../errors/index.js";
import {
  applyTypmod,
  at,
  callOp,
  castTo,
  integer,
  literal,
  TEXT,
  typedLiteral,
  withShownText,
} from "../functions/index.js";
import type { Expression, LiteralExpression } from "../plan/index.js";
import {
  coercionPathway,
  formatType,
  intervalTypmodParts,
  sqlType,
  TYPE_FACTS,
  type CoercionContext,
  type SqlType,
  type TypeName,
} from "../types/index.js";
import type { StatementBinding } from "./statement-binding.js";

/**
 * The value as a type without modifier (PostgreSQL's coerce_type), or undefined where the context
 * does not allow the cast. Constants of unknown type are read at once, with their errors.
 */
export function coerceType(
  statement: StatementBinding,
  expression: Expression,
  target: TypeName,
  context: CoercionContext,
): Expression | undefined {
  const source = expression.type.name;
  if (source === target) return expression;
  if (source === "unknown") return coerceUnknown(statement, expression, sqlType(target));
  if (coercionPathway(source, target, context) === undefined) return undefined;
  return at(castTo(expression, target), expression.position);
}

function coerceUnknown(
  statement: StatementBinding,
  expression: Expression,
  target: SqlType,
): Expression {
  switch (expression.kind) {
    case "literal":
      return readLiteral(statement, expression, target);
    case "parameter":
      return statement.parameters.coerce(expression, target.name);
    default:
      throw internalError(`a ${expression.kind} of unknown type`);
  }
}

/** A constant of unknown type read as `target`; only interval's input minds the modifier. */
function readLiteral(
  statement: StatementBinding,
  expression: LiteralExpression,
  target: SqlType,
): Expression {
  const { text, position } = expression;
  if (text === null || TYPE_FACTS[target.name].category === "S") {
    return at(typedLiteral(text, target.name), position);
  }
  const constant = literal(text, TEXT);
  const { fields } = intervalTypmodParts(target.name === "interval" ? target.typmod : -1);
  const call =
    fields === undefined
      ? castTo(constant, target.name)
      : callOp("cast_interval", [constant, integer(target.typmod)], {
          type: sqlType("interval"),
          fallible: true,
        });
  const { evaluator, settings } = statement.context;
  try {
    const read = typedLiteral(evaluator.evaluate(at(call, position), settings), target.name);
    return at(withShownText(read, evaluator, settings), position);
  } catch (error) {
    throw error instanceof SqlError ? error.at(position) : error;
  }
}

/** A value of unknown type as text; others as they are. */
export function resolveUnknown(statement: StatementBinding, expression: Expression): Expression {
  if (expression.type.name !== "unknown") return expression;
  return coerceUnknown(statement, expression, TEXT);
}

/** A constant of unknown type as text; a parameter's type is left open. */
export function resolveConstant(statement: StatementBinding, expression: Expression): Expression {
  return expression.kind === "parameter" ? expression : resolveUnknown(statement, expression);
}

/** As a type with its modifier (PostgreSQL's coerce_to_target_type). */
export function coerceToTarget(
  statement: StatementBinding,
  expression: Expression,
  target: SqlType,
  context: CoercionContext,
): Expression | undefined {
  const { name } = target;
  const unknown = expression.type.name === "unknown";
  const value = unknown
    ? coerceUnknown(statement, expression, name === "interval" ? target : sqlType(name))
    : coerceType(statement, expression, name, context);
  if (value === undefined) return undefined;
  return at(applyTypmod(value, target, context === "explicit"), expression.position);
}

/** An explicit cast; 42846 at `position` (that of the cast) where there is none. */
export function castExplicitly(
  statement: StatementBinding,
  expression: Expression,
  target: SqlType,
  position: number | undefined,
): Expression {
  const value = coerceToTarget(statement, expression, target, "explicit");
  if (value !== undefined) return value;
  const names = [formatType(sqlType(expression.type.name)), formatType(sqlType(target.name))];
  throw cannotCast(names[0] ?? "", names[1] ?? "", position);
}

/** A value for parameter `number`, as by assignment; 42804 where it cannot be assigned. */
export function assignToParameter(
  statement: StatementBinding,
  expression: Expression,
  target: SqlType,
  number: number,
  position: number | undefined,
): Expression {
  const value = coerceToTarget(statement, expression, target, "assignment");
  if (value !== undefined) return value;
  const names = [formatType(sqlType(expression.type.name)), formatType(sqlType(target.name))];
  throw cannotAssignParameter(number, names[0] ?? "", names[1] ?? "", position);
}
