import {
  mapChildren,
  type Expression,
  type LiteralExpression,
  type ParameterExpression,
} from "../plan/index.js";
import { physicalTypeOf, type SqlType } from "../types/index.js";
import { BOOL, boolean, callOp, connect, literal } from "./construct.js";

/** `x op ANY (array)` and ALL. */
export type Quantifier = "any" | "all";

/** Stands for an element in a comparison that is written out once the array is known. */
const EACH = 0;

/** The element in the comparison of `comparedWithEach`. */
export function eachElement(type: SqlType): ParameterExpression {
  return { kind: "parameter", index: EACH, type, physical: physicalTypeOf(type), nullable: true };
}

/** Whether the node is that element, and no parameter of a statement. */
export function isEachElement(node: Expression): boolean {
  return node.kind === "parameter" && node.index === EACH;
}

/**
 * The comparison of a value with each element of an array that is a parameter of the statement; with
 * the parameter's value it becomes the comparisons themselves.
 */
export function comparedWithEach(
  comparison: Expression,
  array: Expression,
  quantifier: Quantifier,
): Expression {
  return callOp(`each_${quantifier}`, [comparison, array], {
    type: BOOL,
    fallible: true,
    nullable: true,
  });
}

/** The comparisons that such a node stands for, its array being known; others as they are. */
export function writtenOut(node: Expression): Expression {
  if (node.kind !== "call" || (node.op !== "each_any" && node.op !== "each_all")) return node;
  const [comparison, array] = node.args;
  if (comparison === undefined || array?.kind !== "literal") return node;
  if (array.text === null) return literal(null, BOOL);
  const quantifier = node.op === "each_any" ? "any" : "all";
  const elements = shownElements(array.shown ?? "{}");
  if (elements.length === 0) return boolean(quantifier === "all");
  return (
    listOf(comparison, elements, quantifier) ??
    connect(
      quantifier === "any" ? "or" : "and",
      elements.map((text) => withElement(comparison, text)),
    )
  );
}

/** `x IN (…)` where the comparison is a mere equality of one form. */
function listOf(
  comparison: Expression,
  elements: readonly (string | null)[],
  quantifier: Quantifier,
): Expression | undefined {
  if (comparison.kind !== "call") return undefined;
  const [operand, element] = comparison.args;
  const negated = quantifier === "all";
  if (operand === undefined || element === undefined) return undefined;
  if (comparison.op !== (negated ? "ne" : "eq") || !isEachElement(element)) return undefined;
  if (operand.physical.kind !== element.physical.kind) return undefined;
  const items = elements.map((text) => literal(text, element.type, element.physical));
  const nullable = operand.nullable || items.some((item) => item.text === null);
  const { type, physical } = comparison;
  return { kind: "in-list", operand, items, negated, type, physical, nullable };
}

function withElement(comparison: Expression, text: string | null): Expression {
  const replace = (node: Expression): Expression => {
    if (isEachElement(node)) return elementLiteral(node, text);
    return mapChildren(node, replace);
  };
  return replace(comparison);
}

function elementLiteral({ type, physical }: Expression, text: string | null): LiteralExpression {
  return literal(text, type, physical);
}

/** The elements of an array's output text, of all dimensions one after the other. */
export function shownElements(text: string): readonly (string | null)[] {
  const body = text.startsWith("[") ? text.slice(text.indexOf("=") + 1) : text;
  const elements: (string | null)[] = [];
  const element = /[{},]|"((?:[^"\\]|\\.)*)"|[^{},"]+/gsu;
  for (const [whole, quoted] of body.matchAll(element)) {
    if (quoted !== undefined) elements.push(quoted.replace(/\\(.)/gsu, "$1"));
    else if (whole === "NULL") elements.push(null);
    else if (whole !== "{" && whole !== "}" && whole !== ",") elements.push(whole);
  }
  return elements;
}
