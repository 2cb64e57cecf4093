import { boolean, connect, not } from "../../functions/index.js";
import {
  mapExpressions,
  rewrite,
  rewritePlan,
  sameExpression,
  type CallExpression,
  type Expression,
  type InListExpression,
  type LiteralExpression,
} from "../../plan/index.js";
import { isNullLiteral, isTrue } from "../expression/build.js";
import { isVolatile } from "../expression/facts.js";
import type { Rule } from "../rule.js";

/**
 * Takes constants, repeats and double negations out of AND, OR, NOT, CASE and COALESCE, turns
 * negated comparisons round, and gathers `x = 1 OR x = 2` in a list.
 *
 * Sound in three-valued logic: NOT (a < b) is a >= b, NULLs included, because values are totally
 * ordered (NaN above all). The counterexample that bounds it: `x OR NOT x` is not TRUE for NULL, so
 * opposites do not cancel.
 */
export const simplifyBooleans: Rule = {
  name: "simplify-booleans",
  apply: (plan) => rewritePlan(plan, (node) => mapExpressions(node, (e) => rewrite(e, simplify))),
};

function simplify(node: Expression): Expression {
  switch (node.kind) {
    case "and":
    case "or":
      return simplifyConnective(node);
    case "not":
      return simplifyNot(node.operand, node);
    case "case":
      return simplifyCase(node);
    case "coalesce":
      return simplifyCoalesce(node);
    case "is-null":
      if (node.operand.kind !== "literal") return node;
      return boolean((node.operand.text === null) !== node.negated);
    default:
      return node;
  }
}

function isLiteral(node: Expression, text: "t" | "f"): boolean {
  return node.kind === "literal" && node.text === text;
}

function simplifyConnective(node: Expression & { kind: "and" | "or" }): Expression {
  const [neutral, decisive] = node.kind === "and" ? (["t", "f"] as const) : (["f", "t"] as const);
  const parts: Expression[] = [];
  for (const arg of node.args.flatMap((a) => (a.kind === node.kind ? a.args : [a]))) {
    if (isLiteral(arg, neutral)) continue;
    if (isLiteral(arg, decisive)) return boolean(decisive === "t");
    const isRepeat = !isVolatile(arg) && parts.some((part) => sameExpression(part, arg));
    if (!isRepeat) parts.push(arg);
  }
  if (parts.length === 0) return boolean(neutral === "t");
  const gathered = node.kind === "or" ? gatherLists(parts) : parts;
  const same = gathered.length === node.args.length && gathered.every((p, i) => p === node.args[i]);
  return same ? node : connect(node.kind, gathered);
}

/** Equalities of one expression with constants as one list. */
function gatherLists(parts: readonly Expression[]): readonly Expression[] {
  const result: Expression[] = [];
  for (const part of parts) {
    const next = asList(part);
    const index = next === undefined ? -1 : result.findIndex((r) => isSameOperand(asList(r), next));
    const known = result[index];
    const first = known === undefined ? undefined : asList(known);
    if (next === undefined || first === undefined) result.push(part);
    else result[index] = merged(first, next);
  }
  return result;
}

interface List {
  readonly operand: Expression;
  readonly items: readonly LiteralExpression[];
  readonly model: Expression;
}

function asList(node: Expression): List | undefined {
  if (node.kind === "in-list" && !node.negated) {
    return { operand: node.operand, items: node.items, model: node };
  }
  if (node.kind !== "call" || node.op !== "eq") return undefined;
  const [operand, item] = node.args;
  if (operand === undefined || item?.kind !== "literal" || operand.kind === "literal") {
    return undefined;
  }
  const sameForm =
    operand.physical.kind === item.physical.kind && operand.physical.scale === item.physical.scale;
  return sameForm && !isVolatile(operand) ? { operand, items: [item], model: node } : undefined;
}

function isSameOperand(a: List | undefined, b: List): boolean {
  return a !== undefined && sameExpression(a.operand, b.operand);
}

function merged(a: List, b: List): InListExpression {
  const items = [...a.items, ...b.items];
  const { type, physical } = a.model;
  const nullable = a.operand.nullable || items.some((item) => item.text === null);
  return { kind: "in-list", operand: a.operand, items, negated: false, type, physical, nullable };
}

const OPPOSITES: Readonly<Record<string, string>> = {
  eq: "ne",
  ne: "eq",
  lt: "ge",
  ge: "lt",
  gt: "le",
  le: "gt",
  is_distinct: "is_not_distinct",
  is_not_distinct: "is_distinct",
};

function simplifyNot(operand: Expression, node: Expression): Expression {
  switch (operand.kind) {
    case "literal":
      return operand.text === null ? operand : boolean(operand.text !== "t");
    case "not":
      return operand.operand;
    case "is-null":
    case "in-list":
      return { ...operand, negated: !operand.negated };
    case "and":
    case "or":
      return connect(
        operand.kind === "and" ? "or" : "and",
        operand.args.map((arg) => simplify(not(arg))),
      );
    case "call":
      return opposite(operand) ?? node;
    default:
      return node;
  }
}

function opposite(call: CallExpression): Expression | undefined {
  const op = OPPOSITES[call.op];
  return op === undefined ? undefined : { ...call, op };
}

function simplifyCase(node: Expression & { kind: "case" }): Expression {
  const branches = node.branches.filter((b) => !isLiteral(b.when, "f") && !isNullLiteral(b.when));
  const certain = branches.findIndex((b) => isTrue(b.when));
  const kept = certain < 0 ? branches : branches.slice(0, certain);
  const otherwise = branches[certain]?.then ?? node.otherwise;
  if (kept.length === 0) return relabelled(otherwise, node);
  if (kept.length === node.branches.length) return node;
  return { ...node, branches: kept, otherwise };
}

function simplifyCoalesce(node: Expression & { kind: "coalesce" }): Expression {
  const args = node.args.filter((arg) => !isNullLiteral(arg));
  const certain = args.findIndex((arg) => arg.kind === "literal");
  const kept = certain < 0 ? args : args.slice(0, certain + 1);
  const [first] = kept;
  if (first === undefined) return node.args[0] ?? node;
  if (kept.length === 1) return relabelled(first, node);
  return kept.length === node.args.length ? node : { ...node, args: kept };
}

function relabelled(expression: Expression, place: Expression): Expression {
  return { ...expression, type: place.type, physical: place.physical };
}
