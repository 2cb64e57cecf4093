import { featureNotSupported, invariant } from "../errors/index.js";
import type { Expression, Volatility } from "../plan/index.js";
import {
  arrayOf,
  elementOf,
  isPolymorphic,
  sqlType,
  type ArgumentType,
  type SqlType,
  type TypeName,
} from "../types/index.js";
import { callOp } from "./construct.js";
import { toSelfScaled } from "./decimal.js";
import type { SessionInfo } from "./session-info.js";

/** What a lowering may ask besides its arguments. */
export interface CallSite {
  /** The result's SQL type. */
  readonly type: SqlType;
  readonly volatility: Volatility;
  readonly session: SessionInfo;
  /** Where the call stands, for refusals. */
  readonly position: number | undefined;
}

/**
 * Writes a call as native operations. Arguments have the overload's SQL types already (a numeric in
 * any of its forms, see decimal.ts); the result has the overload's result type.
 */
export type Lower = (args: readonly Expression[], site: CallSite) => Expression;

/** A type, or that of the polymorphic arguments: as the first is, their elements', their arrays'. */
export type ReturnType = TypeName | "argument" | "element" | "array";

export interface ScalarOverload {
  readonly args: readonly ArgumentType[];
  readonly returns: ReturnType;
  readonly volatility: Volatility;
  /** Whether NULL for any argument gives NULL without a call. */
  readonly strict: boolean;
  /** The last argument may be repeated, or be absent with `variadic: "any number"`. */
  readonly variadic: boolean;
  /** For the named notation: a name each argument. */
  readonly argumentNames: readonly string[];
  /** Literal texts of the last arguments that may be left out. */
  readonly defaults: readonly string[];
  readonly lower: Lower;
}

export interface ScalarFunction {
  readonly kind: "function" | "operator";
  readonly name: string;
  readonly overloads: readonly ScalarOverload[];
}

type Options = Partial<Omit<ScalarOverload, "args" | "returns" | "lower">>;

/** An overload: immutable and strict unless said otherwise. */
export function overload(
  args: readonly ArgumentType[],
  returns: ReturnType,
  lower: Lower,
  options: Options = {},
): ScalarOverload {
  return {
    args,
    returns,
    lower,
    volatility: "immutable",
    strict: true,
    variadic: false,
    argumentNames: [],
    defaults: [],
    ...options,
  };
}

export function scalarFunction(name: string, overloads: readonly ScalarOverload[]): ScalarFunction {
  return { kind: "function", name, overloads };
}

export function operator(name: string, overloads: readonly ScalarOverload[]): ScalarFunction {
  return { kind: "operator", name, overloads };
}

/**
 * An overload PostgreSQL has over a type that the engine lacks. It takes part in the choice, so that
 * what is ambiguous there is ambiguous here; chosen, it is refused.
 */
export function absent(args: readonly ArgumentType[]): ScalarOverload {
  return overload(args, "void", (_, site) => {
    throw featureNotSupported(`functions over ${args.join(", ")} are not supported`, site.position);
  });
}

export interface OpOptions {
  /** Default true: it may raise an error. */
  readonly fallible?: boolean;
  /** Where it may answer NULL for arguments that are not, or never does. */
  readonly nullable?: boolean;
}

/** What a call with these (typed) arguments answers. */
export function returnedType(
  overload: { readonly args: readonly ArgumentType[]; readonly returns: ReturnType },
  args: readonly Expression[],
): SqlType {
  const { returns } = overload;
  if (returns !== "argument" && returns !== "element" && returns !== "array") {
    return sqlType(returns);
  }
  const first = overload.args.findIndex(isPolymorphic);
  const type = args[first]?.type ?? sqlType("text");
  if (returns === "argument") return type;
  const element = overload.args.flatMap((declared, i) => {
    const name = args[i]?.type.name;
    if (name === undefined || !isPolymorphic(declared)) return [];
    return elementOf(name) ?? (declared.endsWith("array") ? [] : name);
  });
  const [name = "text"] = element;
  return sqlType(returns === "element" ? name : (arrayOf(name) ?? "_text"));
}

/** One native operation on the arguments as they are; numerics in the self-scaled form. */
export function op(name: string, options: OpOptions = {}): Lower {
  return (args, site) =>
    callOp(name, args.map(toSelfScaled), {
      type: site.type,
      fallible: options.fallible ?? true,
      volatility: site.volatility,
      ...(options.nullable === undefined ? {} : { nullable: options.nullable }),
    });
}

/** The same on the arguments in another order, by their indexes. */
export function reordered(indexes: readonly number[], lower: Lower): Lower {
  return (args, site) =>
    lower(
      indexes.flatMap((i) => args[i] ?? []),
      site,
    );
}

/** The first argument, labelled with the result's type. */
export function firstArgument(args: readonly Expression[], site: CallSite): Expression {
  return { ...argument(args, 0), type: site.type };
}

/** The argument at `index`, which the choice of the overload guarantees. */
export function argument(args: readonly Expression[], index: number): Expression {
  const found = args[index];
  invariant(found !== undefined, `no argument ${String(index)}`);
  return found;
}
