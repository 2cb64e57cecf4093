import type { Expression, Position, TypeName } from "../../ast/index.js";
import { cast, integer, typed } from "./build.js";
import type { TypeRule } from "./rule.js";

/** What casts to a dialect's types mean here, for its table. */

/** A type of PostgreSQL's by its name. */
export function typeName(name: string, position: Position): TypeName {
  return cast({ kind: "nullLiteral", position }, name).type;
}

/** The type of that name here; a modifier only where it may have one. */
export function as(name: string, modifiers: "none" | "any" = "none"): TypeRule {
  return (operand, type) => {
    if (modifiers === "none" && type.modifiers.length > 0) return undefined;
    return cast(operand, name, type.modifiers);
  };
}

/** A type that has a modifier whether one is written or not. */
export function sized(name: string, ...standard: readonly string[]): TypeRule {
  return (operand, type) =>
    cast(operand, name, type.modifiers.length > 0 ? type.modifiers : standard);
}

/** What has decimals becomes whole: `cut`, `rounded`, or not at all. */
export function whole(name: "int2" | "int4" | "int8", how: "cut" | "rounded" | "exact"): TypeRule {
  const by = { cut: "integer_cut", rounded: "integer_rounded", exact: "integer_exact" }[how];
  return (operand, type) =>
    type.modifiers.length > 0 ? undefined : cast(typed(by, [operand], operand.position), name);
}

/** Text of unlimited length; of `n` characters where the dialect cuts what is longer. */
export function text(longer: "cut" | "refused"): TypeRule {
  return (operand, type) => {
    const value = typed("text", [operand], operand.position);
    if (type.modifiers.length === 0) return cast(value, "text");
    return longer === "cut" ? cast(value, "varchar", type.modifiers) : undefined;
  };
}

/**
 * T-SQL's text types, 30 characters long where nothing is said. Longer text is cut; a number that
 * does not fit is no text there, so the binder wants to know the length.
 */
export const SHORT_TEXT: TypeRule = (operand, type, position) => {
  const { modifiers } = type;
  const length = modifiers.length > 0 ? modifiers : ["30"];
  const limit = integer(length[0] ?? "30", position);
  return cast(typed("short_text", [operand, limit], operand.position), "varchar", length);
};

const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/;

/** A date, of a time or of a constant `YYYY-MM-DD`. */
export const DATE: TypeRule = (operand, type) => {
  if (type.modifiers.length > 0) return undefined;
  if (operand.kind === "stringLiteral") {
    return ISO_DATE.test(operand.text) ? cast(operand, "date") : undefined;
  }
  return cast(typed("moment", [operand], operand.position), "date");
};

const ISO_TIMESTAMP = /^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?$/;

/** A time without a zone, of a date, a time or a constant. */
export const TIMESTAMP: TypeRule = (operand, type) => {
  if (type.modifiers.length > 0) return undefined;
  if (operand.kind === "stringLiteral") {
    return ISO_TIMESTAMP.test(operand.text) ? cast(operand, "timestamp") : undefined;
  }
  return cast(typed("moment", [operand], operand.position), "timestamp");
};

/** A float, of any number or of text that spells one. */
export const FLOAT: TypeRule = (operand: Expression, type: TypeName, _position: Position) =>
  type.modifiers.length > 0 ? undefined : cast(operand, "float8");
