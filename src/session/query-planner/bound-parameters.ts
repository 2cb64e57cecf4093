import { undefinedParameter } from "../../errors/index.js";
import { isEachElement, writtenOut } from "../../functions/index.js";
import type { LiteralExpression, LogicalOperator } from "../../plan/index.js";
import type { SqlType } from "../../types/index.js";
import { physicalTypeOf } from "../../types/index.js";
import type { BoundParameter } from "../planner.js";
import { rewriteEverywhere } from "./rewrite-everywhere.js";

/** A value as literals have it. */
export type ParameterValue = Pick<LiteralExpression, "shown"> & { readonly text: string };

/** Reads a value as the wire brought it into literal text; throws what is wrong with it. */
export type ParameterReader = (
  type: SqlType,
  isBinary: boolean,
  bytes: Uint8Array,
  index: number,
) => ParameterValue;

/** The values of `$1`, `$2`, … as literals, each read once. */
export function parameterLiterals(
  types: readonly SqlType[],
  parameters: readonly BoundParameter[],
  read: ParameterReader,
): readonly LiteralExpression[] {
  return types.map((type, i) => {
    const parameter = parameters[i];
    if (parameter === undefined) throw undefinedParameter(i + 1, undefined);
    const { format, bytes } = parameter;
    const value = bytes === null ? null : read(type, format === 1, bytes, i + 1);
    return {
      kind: "literal",
      text: value?.text ?? null,
      ...(value?.shown === undefined ? {} : { shown: value.shown }),
      type,
      physical: physicalTypeOf(type),
      nullable: value === null,
    };
  });
}

/** The plan with parameters replaced by values. */
export function withParameters(
  plan: LogicalOperator,
  literals: readonly LiteralExpression[],
): LogicalOperator {
  if (literals.length === 0) return plan;
  return rewriteEverywhere(plan, {
    expression: (node) => {
      if (node.kind !== "parameter" || isEachElement(node)) return writtenOut(node);
      const value = literals[node.index - 1];
      if (value === undefined) throw undefinedParameter(node.index, node.position);
      const { type, physical, position } = node;
      const literal = { ...value, type, physical };
      return position === undefined ? literal : { ...literal, position };
    },
  });
}
