import type { AggregateCall, Expression } from "../plan/index.js";
import {
  physicalTypeOf,
  sqlType,
  type ArgumentType,
  type PhysicalType,
  type SqlType,
  type TypeName,
} from "../types/index.js";

/** An aggregate's native call and its result. */
export interface LoweredAggregate {
  readonly aggregate: AggregateCall["aggregate"];
  readonly args: readonly Expression[];
  readonly type: SqlType;
  readonly physical: PhysicalType;
  /** NULL is possible: for no rows, or no row with values. */
  readonly nullable: boolean;
  /** What the call answers, made of the native aggregate's value. */
  readonly finish?: (value: Expression, isDistinct: boolean) => Expression;
}

export interface AggregateOverload {
  readonly args: readonly ArgumentType[];
  readonly returns: TypeName;
  /** Whether ORDER BY inside the call changes its answer. */
  readonly ordered: boolean;
  readonly lower: (args: readonly Expression[]) => LoweredAggregate;
}

export interface AggregateFunction {
  readonly kind: "aggregate";
  readonly name: string;
  readonly overloads: readonly AggregateOverload[];
}

export function aggregateFunction(
  name: string,
  overloads: readonly AggregateOverload[],
): AggregateFunction {
  return { kind: "aggregate", name, overloads };
}

interface Facts {
  /** Where the result's form is not the type's usual one. */
  readonly physical?: PhysicalType;
  readonly nullable?: boolean;
}

export function lowered(
  aggregate: string,
  args: readonly Expression[],
  returns: TypeName,
  facts: Facts = {},
): LoweredAggregate {
  const type = sqlType(returns);
  const physical = facts.physical ?? physicalTypeOf(type);
  return { aggregate, args, type, physical, nullable: facts.nullable ?? true };
}

/** An overload that is one native aggregate on the arguments as they are. */
export function direct(
  aggregate: string,
  args: readonly ArgumentType[],
  returns: TypeName,
  options: { readonly ordered?: boolean; readonly nullable?: boolean } = {},
): AggregateOverload {
  const facts = options.nullable === undefined ? {} : { nullable: options.nullable };
  return {
    args,
    returns,
    ordered: options.ordered ?? false,
    lower: (values) => lowered(aggregate, values, returns, facts),
  };
}

/** An overload with a lowering of its own. */
export function custom(
  args: readonly ArgumentType[],
  returns: TypeName,
  lower: AggregateOverload["lower"],
): AggregateOverload {
  return { args, returns, ordered: false, lower };
}
