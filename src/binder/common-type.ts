import { couldNotConvert, typesCannotBeMatched } from "../errors/index.js";
import { relabel, unifyNumerics } from "../functions/index.js";
import type { Expression } from "../plan/index.js";
import { selectCommonType, sqlType, TYPE_FACTS, type SqlType } from "../types/index.js";
import { coerceType } from "./coerce.js";
import type { StatementBinding } from "./statement-binding.js";

/**
 * Values of which one is chosen, brought to their common type, modifier and form. `construct` names
 * the place in errors: "CASE", "UNION", "COALESCE" …
 */
export function toCommonType(
  statement: StatementBinding,
  construct: string,
  values: readonly Expression[],
): readonly Expression[] {
  const type = commonTypeOf(construct, values);
  const coerced = values.map((v) => coerceCommon(statement, construct, v, type));
  return unify(coerced, type);
}

/** The common type of the values with the modifier they share. */
export function commonTypeOf(construct: string, values: readonly Expression[]): SqlType {
  const common = selectCommonType(values.map((v) => v.type.name));
  if (common.kind === "conflict") {
    const culprit = values[common.index];
    const first = TYPE_FACTS[common.chosen].display;
    const second = TYPE_FACTS[culprit?.type.name ?? "unknown"].display;
    throw typesCannotBeMatched(construct, first, second, culprit?.position);
  }
  const [first] = values;
  const shared =
    first?.type.name === common.name &&
    values.every((v) => v.type.typmod === first.type.typmod) &&
    values.every((v) => v.type.name === common.name);
  return sqlType(common.name, shared ? first.type.typmod : -1);
}

/** The value as the common type; 42846 where no implicit cast leads there. */
export function coerceCommon(
  statement: StatementBinding,
  construct: string,
  value: Expression,
  type: SqlType,
): Expression {
  const coerced = coerceType(statement, value, type.name, "implicit");
  if (coerced !== undefined) return coerced;
  const displays = [TYPE_FACTS[value.type.name].display, TYPE_FACTS[type.name].display] as const;
  throw couldNotConvert(construct, ...displays, value.position);
}

/** Values of one type in one physical form, all labelled with the result's type. */
export function unify(values: readonly Expression[], type: SqlType): readonly Expression[] {
  const formed = type.name === "numeric" ? unifyNumerics(values) : values;
  return formed.map((v) => relabel(v, type));
}
