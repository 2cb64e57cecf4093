import {
  ambiguousOperator,
  undefinedOperator,
  undefinedSchema,
  type SqlError,
} from "../../errors/index.js";
import {
  at,
  resolveOperator,
  returnedType,
  type CallSite,
  type ScalarOverload,
} from "../../functions/index.js";
import type { OperatorName } from "../../parser/index.js";
import type { Expression } from "../../plan/index.js";
import {
  resolvePolymorphic,
  TYPE_FACTS,
  type ArgumentType,
  type TypeName,
} from "../../types/index.js";
import { coerceType, resolveConstant, resolveUnknown } from "../coerce.js";
import type { StatementBinding } from "../statement-binding.js";

/** An operator's overload and its operands as that overload takes them. */
export interface PreparedOperator {
  readonly overload: ScalarOverload;
  readonly args: readonly Expression[];
}

/** Chooses the overload by PostgreSQL's rules; 42883 or 42725 at the operator's position. */
export function prepareOperator(
  statement: StatementBinding,
  name: string,
  operands: readonly Expression[],
  position: number | undefined,
): PreparedOperator {
  const overloads = statement.context.functions.operators(name);
  const inputs = operands.map((o) => o.type.name);
  const choice = resolveOperator(overloads, inputs);
  if (choice.kind !== "chosen") throw refusal(choice.kind, name, inputs, position);
  const args = coerceArguments(statement, operands, choice.candidate.args);
  return { overload: choice.candidate, args };
}

function refusal(
  kind: "none" | "ambiguous",
  name: string,
  inputs: readonly TypeName[],
  position: number | undefined,
): SqlError {
  const displays = inputs.map((t) => TYPE_FACTS[t].display);
  const [left = "", right] = displays;
  const signature = right === undefined ? `${name} ${left}` : `${left} ${name} ${right}`;
  if (kind === "ambiguous") return ambiguousOperator(signature, position);
  return undefinedOperator(signature, right === undefined ? 1 : 2, position);
}

/** Arguments as their declared types; polymorphic ones as PostgreSQL's rules make them. */
export function coerceArguments(
  statement: StatementBinding,
  values: readonly Expression[],
  declared: readonly ArgumentType[],
): readonly Expression[] {
  const inputs = values.map((v) => v.type.name);
  const polymorphic = resolvePolymorphic(declared, inputs);
  return values.map((value, i) => {
    const wanted = declared[i] ?? "any";
    if (wanted === "any") return resolveConstant(statement, value);
    const target = isOwnType(wanted) ? wanted : polymorphic?.args[i];
    if (target === undefined) return resolveUnknown(statement, value);
    return coerceType(statement, value, target, "implicit") ?? value;
  });
}

function isOwnType(type: ArgumentType): type is TypeName {
  return Object.hasOwn(TYPE_FACTS, type);
}

/** An operator applied to its operands. */
export function callOperator(
  statement: StatementBinding,
  name: string,
  operands: readonly Expression[],
  position: number | undefined,
): Expression {
  const { overload, args } = prepareOperator(statement, name, operands, position);
  return at(lowerCall(statement, overload, args, position), leftmost(position, operands));
}

/** A chosen overload written as native operations. */
export function lowerCall(
  statement: StatementBinding,
  overload: ScalarOverload,
  args: readonly Expression[],
  position: number | undefined,
): Expression {
  const { volatility } = overload;
  const type = returnedType(overload, args);
  const { session } = statement.context;
  const site: CallSite = { type, volatility, session, position };
  return overload.lower(args, site);
}

/** Where a call starts: at its own position or an argument's, whichever comes first. */
export function leftmost(
  position: number | undefined,
  args: readonly Expression[],
): number | undefined {
  const positions = [position, ...args.map((a) => a.position)].filter((p) => p !== undefined);
  return positions.length === 0 ? undefined : Math.min(...positions);
}

/** The operator's bare name; only those of pg_catalog exist. */
export function operatorName(operator: OperatorName, position: number | undefined): string {
  const { schema, name } = operator;
  if (schema !== undefined && schema !== "pg_catalog") throw undefinedSchema(schema, position);
  return name;
}
