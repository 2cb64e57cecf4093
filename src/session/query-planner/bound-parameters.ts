import { undefinedParameter } from "../../errors/index.js";
import type { LiteralExpression, LogicalOperator } from "../../plan/index.js";
import type { SqlType } from "../../types/index.js";
import { physicalTypeOf } from "../../types/index.js";
import type { BoundParameter } from "../planner.js";
import { rewriteEverywhere } from "./rewrite-everywhere.js";

/** Reads a value as the wire brought it into literal text; throws what is wrong with it. */
export type ParameterReader = (
  type: SqlType,
  isBinary: boolean,
  bytes: Uint8Array,
  index: number,
) => string;

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
    const text = bytes === null ? null : read(type, format === 1, bytes, i + 1);
    return { kind: "literal", text, type, physical: physicalTypeOf(type), nullable: text === null };
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
      if (node.kind !== "parameter") return node;
      const value = literals[node.index - 1];
      if (value === undefined) throw undefinedParameter(node.index, node.position);
      const { text } = value;
      const { type, physical, position } = node;
      const literal = { kind: "literal", text, type, physical, nullable: text === null } as const;
      return position === undefined ? literal : { ...literal, position };
    },
  });
}
