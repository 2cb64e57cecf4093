import { unreachable } from "../../../errors/index.js";
import type {
  AggregateCall,
  CallExpression,
  Column,
  Expression,
  SortKey,
} from "../../../plan/index.js";
import { formatType, type PhysicalKind } from "../../../types/index.js";

/** How columns are called: with their relation where several are read. */
export type ColumnNames = (column: Column) => string;

/** Operations that SQL writes between two operands. */
const INFIX: Readonly<Record<string, string>> = {
  eq: "=",
  ne: "<>",
  lt: "<",
  le: "<=",
  gt: ">",
  ge: ">=",
  add: "+",
  sub: "-",
  mul: "*",
  div: "/",
  mod: "%",
  power: "^",
  like: "~~",
  ilike: "~~*",
  array_cat: "||",
  array_append: "||",
  array_prepend: "||",
  array_contains: "@>",
  array_overlaps: "&&",
  textregexeq: "~",
  texticregexeq: "~*",
  concat_text: "||",
  is_distinct: "IS DISTINCT FROM",
  is_not_distinct: "IS NOT DISTINCT FROM",
  bit_and: "&",
  bit_or: "|",
  bit_xor: "#",
  shift_left: "<<",
  shift_right: ">>",
};

/** Conversions between forms of one number: they say nothing to a reader. */
const UNSEEN: ReadonlySet<string> = new Set(["widen", "rescale_up"]);

/** Types whose constants SQL writes bare. */
const BARE: ReadonlySet<PhysicalKind> = new Set([
  "i16",
  "i32",
  "i64",
  "f32",
  "f64",
  "d64",
  "d128",
  "numeric",
]);

/** An expression as PostgreSQL's EXPLAIN would deparse it. */
export function expressionText(expression: Expression, names: ColumnNames): string {
  const text = (inner: Expression): string => expressionText(inner, names);
  const list = (all: readonly Expression[]): string => all.map(text).join(", ");
  switch (expression.kind) {
    case "column":
      return names(expression.column);
    case "literal":
      return literalText(expression);
    case "parameter":
      return `$${String(expression.index)}`;
    case "call":
      return callText(expression, text);
    case "and":
    case "or":
      return `(${expression.args.map(text).join(` ${expression.kind.toUpperCase()} `)})`;
    case "not":
      return `(NOT ${text(expression.operand)})`;
    case "is-null":
      return `(${text(expression.operand)} IS ${expression.negated ? "NOT " : ""}NULL)`;
    case "case": {
      const branches = expression.branches.map(
        ({ when, then }) => `WHEN ${text(when)} THEN ${text(then)}`,
      );
      return `CASE ${branches.join(" ")} ELSE ${text(expression.otherwise)} END`;
    }
    case "coalesce":
      return `COALESCE(${list(expression.args)})`;
    case "in-list": {
      const operator = expression.negated ? "<> ALL" : "= ANY";
      const items = expression.items.map(text).join(", ");
      return `(${text(expression.operand)} ${operator} (${items}))`;
    }
    case "scalar-subquery":
    case "exists":
    case "any-subquery":
      return "(SubPlan)";
    default:
      return unreachable(expression);
  }
}

function literalText(literal: Expression & { kind: "literal" }): string {
  const { type, physical } = literal;
  const text = literal.shown ?? literal.text;
  if (text === null) return `NULL::${formatType({ name: type.name, typmod: -1 })}`;
  if (physical.kind === "bool") return text === "t" ? "true" : "false";
  if (BARE.has(physical.kind) && /^-?[0-9.]+$/.test(text)) {
    return text.startsWith("-") ? `(${text})` : text;
  }
  return `'${text.replaceAll("'", "''")}'::${formatType({ name: type.name, typmod: -1 })}`;
}

function callText(
  { op, args, type }: Expression & { kind: "call" },
  text: (inner: Expression) => string,
): string {
  const [first, second] = args;
  const infix = INFIX[op];
  if (first !== undefined && UNSEEN.has(op)) return text(first);
  const composed = arrayCallText(op, args, text);
  if (composed !== undefined) return composed;
  const elements = arrayElements({ op, args });
  if (elements !== undefined) return `ARRAY[${elements.map(text).join(", ")}]`;
  if (first !== undefined && second !== undefined && infix !== undefined) {
    return `(${text(first)} ${infix} ${text(second)})`;
  }
  if (first !== undefined && op.startsWith("cast_")) return `(${text(first)})::${formatType(type)}`;
  if (first !== undefined && op === "neg") return `(- ${text(first)})`;
  return `${op}(${args.map(text).join(", ")})`;
}

/** Comparisons with elements, by their numbers. */
const QUANTIFIED = ["=", "<>", "<", "<=", ">", ">="] as const;

/** `x = ANY (array)` and `array[i]`; undefined for other calls. */
function arrayCallText(
  op: string,
  args: readonly Expression[],
  text: (inner: Expression) => string,
): string | undefined {
  const [first, second, third] = args;
  if (first === undefined || second === undefined) return undefined;
  if (op === "array_any" || op === "array_all") {
    const [value = first] = (first.kind === "call" && arrayElements(first)) || [first];
    const operator = QUANTIFIED[third?.kind === "literal" ? Number(third.text) : 0] ?? "=";
    return `(${text(value)} ${operator} ${op === "array_any" ? "ANY" : "ALL"} (${text(second)}))`;
  }
  const isOffset = second.kind === "call" && second.op === "array_offset";
  const subscripts = isOffset ? second.args[1] : undefined;
  if (op !== "array_at" || subscripts === undefined) return undefined;
  const shown =
    subscripts.kind === "literal" ? (subscripts.shown ?? "{}").slice(1, -1).split(",") : undefined;
  const all =
    shown ?? (subscripts.kind === "call" ? arrayElements(subscripts)?.map(text) : undefined);
  return all && `(${text(first)})${all.map((one) => `[${one}]`).join("")}`;
}

/** The values that an array is put together from; undefined for other calls. */
function arrayElements({
  op,
  args,
}: Pick<CallExpression, "op" | "args">): readonly Expression[] | undefined {
  if (op === "array_pack") return args.slice(0, 1);
  if (op !== "array_join") return undefined;
  const parts = args.map((arg) => (arg.kind === "call" ? arrayElements(arg) : undefined));
  return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
}

export function sortKeyText(key: SortKey, names: ColumnNames): string {
  const direction = key.descending ? " DESC" : "";
  const nulls =
    key.nullsFirst === key.descending ? "" : key.nullsFirst ? " NULLS FIRST" : " NULLS LAST";
  return expressionText(key.expression, names) + direction + nulls;
}

export function aggregateText(call: AggregateCall, names: ColumnNames): string {
  if (call.aggregate === "count_star") return "count(*)" + filterText(call, names);
  // Scales that the engine is told beside a decimal are no argument to a reader.
  const shown = call.args.filter((arg, i) => i === 0 || arg.kind !== "literal");
  const args = shown.map((arg) => expressionText(arg, names)).join(", ");
  const order = call.orderBy.map((key) => sortKeyText(key, names)).join(", ");
  const distinct = call.distinct ? "DISTINCT " : "";
  const ordered = order === "" ? "" : ` ORDER BY ${order}`;
  return `${call.aggregate}(${distinct}${args}${ordered})${filterText(call, names)}`;
}

function filterText({ filter }: AggregateCall, names: ColumnNames): string {
  return filter === null ? "" : ` FILTER (WHERE ${expressionText(filter, names)})`;
}
