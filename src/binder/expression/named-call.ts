import {
  ambiguousFunction,
  duplicateArgumentName,
  featureNotSupported,
  indeterminatePolymorphic,
  undefinedFunction,
} from "../../errors/index.js";
import {
  at,
  expandOverloads,
  literal,
  resolveFunction,
  type Expanded,
  type ScalarOverload,
} from "../../functions/index.js";
import type { Expression } from "../../plan/index.js";
import {
  coercionPathway,
  resolvePolymorphic,
  sqlType,
  TYPE_FACTS,
  type TypeName,
} from "../../types/index.js";
import { coerceType } from "../coerce.js";
import type { Scope } from "../scope.js";
import type { StatementBinding } from "../statement-binding.js";
import { typeNamed } from "../type-names.js";
import { coerceArguments, leftmost, lowerCall } from "./operator-call.js";

/** `name(integer, unknown)`, as errors show a call. */
export function signature(name: string, args: readonly Expression[]): string {
  return `${name}(${args.map((a) => TYPE_FACTS[a.type.name].display).join(", ")})`;
}

/** A scalar function of that name applied to positional arguments. */
export function callNamedFunction(
  scope: Scope,
  name: string,
  args: readonly Expression[],
  position: number | undefined,
  shown = name,
): Expression {
  const { statement } = scope;
  const candidates = expandOverloads(statement.context.functions.functions(name), args.length);
  const inputs = args.map((a) => a.type.name);
  const exact = candidates.find((c) => c.args.every((a, i) => a === inputs[i]));
  const cast = exact === undefined ? asCast(statement, name, args) : undefined;
  if (cast !== undefined) return at(cast, leftmost(position, args));
  const choice = resolveFunction(candidates, inputs);
  switch (choice.kind) {
    case "none":
      throw undefinedFunction(signature(shown, args), position);
    case "ambiguous":
      throw ambiguousFunction(signature(shown, args), position);
    case "chosen":
      return applyOverload(statement, choice.candidate, args, position);
  }
}

function applyOverload(
  statement: StatementBinding,
  chosen: Expanded,
  args: readonly Expression[],
  position: number | undefined,
): Expression {
  const { overload } = chosen;
  const inputs = args.map((a) => a.type.name);
  if (resolvePolymorphic(chosen.args, inputs)?.isOpen === true) {
    throw indeterminatePolymorphic();
  }
  const given = coerceArguments(statement, args, chosen.args);
  const all = [...given, ...defaultArguments(overload, given.length)];
  return at(lowerCall(statement, overload, all, position), leftmost(position, args));
}

function defaultArguments(overload: ScalarOverload, given: number): readonly Expression[] {
  const { args, defaults, variadic } = overload;
  if (variadic) return [];
  return args.slice(given).map((_, i) => {
    const index = given + i;
    return defaultArgument(overload, index - (args.length - defaults.length), index);
  });
}

function defaultArgument(overload: ScalarOverload, index: number, argument: number): Expression {
  const type = overload.args[argument] as TypeName;
  return literal(overload.defaults[index] ?? null, sqlType(type));
}

/** `type(value)` is a cast where there is one (PostgreSQL's FUNCDETAIL_COERCION). */
function asCast(
  statement: StatementBinding,
  name: string,
  args: readonly Expression[],
): Expression | undefined {
  const [value] = args;
  const target = typeNamed(name);
  if (value === undefined || args.length !== 1 || target === undefined) return undefined;
  const source = value.type.name;
  const castable =
    source === "unknown" || coercionPathway(source, target, "explicit") !== undefined;
  return castable ? coerceType(statement, value, target, "explicit") : undefined;
}

/** An argument with the name it was given, if any. */
export interface NamedArgument {
  readonly name: string | undefined;
  readonly value: Expression;
}

/** A call with `name => value` arguments: only overloads that know the names are candidates. */
export function callWithNames(
  scope: Scope,
  name: string,
  args: readonly NamedArgument[],
  position: number | undefined,
): Expression {
  const overloads = scope.statement.context.functions.functions(name);
  for (const overload of overloads) {
    const ordered = orderByName(overload, args, position);
    if (ordered === undefined) continue;
    const expanded = { overload, args: overload.args };
    const choice = resolveFunction(
      [expanded],
      ordered.map((a) => a.type.name),
    );
    if (choice.kind === "chosen") {
      return applyOverload(scope.statement, expanded, ordered, position);
    }
  }
  const shown = args.map(({ name: label, value }) => {
    const display = TYPE_FACTS[value.type.name].display;
    return label === undefined ? display : `${label} => ${display}`;
  });
  throw undefinedFunction(`${name}(${shown.join(", ")})`, position);
}

function orderByName(
  overload: ScalarOverload,
  args: readonly NamedArgument[],
  position: number | undefined,
): readonly Expression[] | undefined {
  const { argumentNames, defaults } = overload;
  const slots = new Array<Expression | undefined>(overload.args.length).fill(undefined);
  for (const [i, { name, value }] of args.entries()) {
    const slot = name === undefined ? i : argumentNames.indexOf(name);
    if (slot < 0 || slot >= slots.length) return undefined;
    if (slots[slot] !== undefined) throw duplicateArgumentName(name ?? "", position);
    slots[slot] = value;
  }
  const firstDefault = overload.args.length - defaults.length;
  const filled = slots.map((value, i) => {
    if (value !== undefined || i < firstDefault) return value;
    return defaultArgument(overload, i - firstDefault, i);
  });
  return filled.every((v) => v !== undefined) ? filled : undefined;
}

/** Calls of forms the engine has none of. */
export function refuseVariadic(position: number | undefined): never {
  throw featureNotSupported("VARIADIC arguments are not supported", position);
}
