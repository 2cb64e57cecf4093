import {
  featureNotSupported,
  halfDeterminedParameter,
  inconsistentParameter,
  indeterminateParameter,
} from "../errors/index.js";
import type { Expression, ParameterExpression } from "../plan/index.js";
import {
  physicalTypeOf,
  sqlType,
  TYPE_FACTS,
  type SqlType,
  type TypeName,
} from "../types/index.js";

/**
 * Types of `$n`: as declared by the client, else deduced from the first place that wants a type
 * (PostgreSQL's variable parameters).
 */
export class ParameterTypes {
  readonly #types: (TypeName | undefined)[];

  constructor(declared: readonly (TypeName | undefined)[]) {
    this.#types = declared.map((t) => (t === "unknown" ? undefined : t));
  }

  reference(index: number, position: number | undefined): ParameterExpression {
    while (this.#types.length < index) this.#types.push(undefined);
    return parameter(index, this.#types[index - 1] ?? "unknown", position);
  }

  /** A parameter of unknown type as `target`, which all other places must agree with. */
  coerce(expression: ParameterExpression, target: TypeName): ParameterExpression {
    const { index, position } = expression;
    const known = this.#types[index - 1];
    if (known !== undefined && known !== target) {
      const displays = [TYPE_FACTS[known].display, TYPE_FACTS[target].display] as const;
      throw inconsistentParameter(index, ...displays, position);
    }
    this.#types[index - 1] = target;
    return parameter(index, target, position);
  }

  /** All types, from $1 on; 42P18 where one was never found out. */
  resolved(): readonly SqlType[] {
    return this.#types.map((type, i) => {
      if (type === undefined) throw indeterminateParameter(i + 1);
      return sqlType(type);
    });
  }

  /** 42P08 for a parameter that kept its unknown type where others gave it one. */
  check(expression: Expression): void {
    if (expression.kind !== "parameter" || expression.type.name !== "unknown") return;
    const { index, position } = expression;
    if (this.#types[index - 1] !== undefined) throw halfDeterminedParameter(index, position);
  }
}

function parameter(
  index: number,
  name: TypeName,
  position: number | undefined,
): ParameterExpression {
  // PostgreSQL refuses its values, when they are bound.
  if (name === "record") throw featureNotSupported("parameters of type record are not supported");
  const type = sqlType(name);
  return {
    kind: "parameter",
    index,
    type,
    physical: physicalTypeOf(type),
    nullable: true,
    ...(position === undefined ? {} : { position }),
  };
}
