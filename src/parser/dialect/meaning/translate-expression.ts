import type {
  BinaryOperator,
  Cast,
  Expression,
  FunctionCall,
  Like,
  MinMax,
  Position,
  Query,
} from "../../ast/index.js";
import { unreachable } from "../../../errors/index.js";
import { cast, choose, either, isNull, operator, typed } from "./build.js";
import type { FunctionRule, KnownCall, Meaning } from "./rule.js";

/** The mutually recursive parts of translating, as one object so that their files form no cycle. */
export interface Translation {
  readonly meaning: Meaning;
  value(expression: Expression): Expression;
  condition(expression: Expression): Expression;
  query(query: Query): Query;
  orderBy: (items: FunctionCall["orderBy"]) => FunctionCall["orderBy"];
  /** 0A000: a construct is not on the dialect's list. */
  refuse(what: string, position: Position): never;
  /** 0A000: a name or constant could stand for two things. */
  unclear(what: string, position: Position): never;
}

const COMPARISONS: ReadonlySet<string> = new Set(["=", "<>", "<", ">", "<=", ">="]);

/** An expression where a value is wanted. */
export function translateValue(expression: Expression, t: Translation): Expression {
  const translated = translate(expression, t);
  if (t.meaning.conditions === "boolean" || !isCondition(expression)) return translated;
  if (t.meaning.conditions === "none") t.refuse("a condition as a value", expression.position);
  return cast(translated, "int4");
}

/** An expression where a condition is wanted. */
export function translateCondition(expression: Expression, t: Translation): Expression {
  return translate(expression, t);
}

/** Whether an expression is one that says true or false, whatever its operands. */
function isCondition(expression: Expression): boolean {
  switch (expression.kind) {
    case "binaryOperator":
      return COMPARISONS.has(expression.operator.name);
    case "booleanLiteral":
    case "and":
    case "or":
    case "not":
    case "nullTest":
    case "booleanTest":
    case "distinctTest":
    case "between":
    case "inList":
    case "like":
    case "inSubquery":
    case "quantifiedSubquery":
    case "exists":
      return true;
    default:
      return false;
  }
}

function translate(node: Expression, t: Translation): Expression {
  switch (node.kind) {
    case "integerLiteral":
    case "nullLiteral":
    case "booleanLiteral":
    case "columnReference":
    case "star":
    case "parameter":
      return node;
    case "numericLiteral":
      return number(node, t);
    case "stringLiteral":
      return checkedString(node, t);
    case "unaryOperator": {
      const { name } = node.operator;
      if (name !== "-" && name !== "+") t.refuse(`operator ${name}`, node.position);
      return { ...node, operand: t.value(node.operand) };
    }
    case "binaryOperator":
      return binary(node, t);
    case "and":
    case "or":
      return { ...node, operands: node.operands.map((each) => t.condition(each)) };
    case "not":
    case "booleanTest":
      return { ...node, operand: t.condition(node.operand) };
    case "nullTest":
      return { ...node, operand: t.value(node.operand) };
    case "distinctTest":
    case "nullIf":
      return { ...node, left: t.value(node.left), right: t.value(node.right) };
    case "between":
      if (node.symmetric) t.refuse("BETWEEN SYMMETRIC", node.position);
      return {
        ...node,
        operand: compared(node.operand, t),
        low: compared(node.low, t),
        high: compared(node.high, t),
      };
    case "inList":
      return {
        ...node,
        operand: compared(node.operand, t),
        items: node.items.map((item) => compared(item, t)),
      };
    case "like":
      return like(node, t);
    case "inSubquery":
      return { ...node, operand: t.value(node.operand), query: t.query(node.query) };
    case "quantifiedSubquery":
      return { ...node, left: t.value(node.left), query: t.query(node.query) };
    case "scalarSubquery":
    case "exists":
      return { ...node, query: t.query(node.query) };
    case "case":
      return {
        ...node,
        operand: node.operand === undefined ? undefined : t.value(node.operand),
        branches: node.branches.map((branch) => ({
          ...branch,
          when: node.operand === undefined ? t.condition(branch.when) : t.value(branch.when),
          then: t.value(branch.then),
        })),
        otherwise: node.otherwise === undefined ? undefined : t.value(node.otherwise),
      };
    case "coalesce":
      return { ...node, arguments: node.arguments.map((each) => t.value(each)) };
    case "minMax":
      return extreme(node, t);
    case "cast":
      return castOf(node, t);
    case "functionCall":
      return functionOf(node, t);
    case "valueFunction":
      if (node.precision === undefined && t.meaning.bareFunctions.includes(node.name)) return node;
      return t.refuse(node.name, node.position);
    case "bitStringLiteral":
    case "quantifiedArray":
    case "arraySubquery":
    case "row":
    case "array":
    case "subscripting":
    case "fieldSelection":
    case "fieldStar":
    case "collate":
    case "grouping":
      return t.refuse(CONSTRUCTS[node.kind], node.position);
    default:
      return unreachable(node);
  }
}

const CONSTRUCTS = {
  bitStringLiteral: "a bit string",
  quantifiedArray: "a comparison with an array",
  arraySubquery: "an array",
  row: "a row value",
  array: "an array",
  subscripting: "an element of an array",
  fieldSelection: "a field of a value",
  fieldStar: "a field of a value",
  collate: "COLLATE",
  grouping: "GROUPING",
} as const;

function number(node: Extract<Expression, { kind: "numericLiteral" }>, t: Translation): Expression {
  const { decimals, exponents } = t.meaning;
  if (/e/i.test(node.text)) {
    if (exponents === "refused") t.refuse(`the number ${node.text}`, node.position);
    return cast(node, "float8");
  }
  return decimals === "exact" ? node : typed("float_literal", [node], node.position);
}

/** Dates in other orders, or without separators, are read differently by each dialect. */
const UNCLEAR_DATE = /^\s*(\d{1,4}[./]\d{1,2}[./]\d{1,4}|\d{1,2}-\d{1,2}-\d{1,4})(?!\d)/;

function checkedString(
  node: Extract<Expression, { kind: "stringLiteral" }>,
  t: Translation,
): Expression {
  if (UNCLEAR_DATE.test(node.text)) {
    t.unclear(`the string '${node.text}' may be a date of another order`, node.position);
  }
  return node;
}

const TIME_OF_DAY = /^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?$/;

/**
 * An operand of a comparison. A constant with a time of day is a timestamp even beside a date, which
 * PostgreSQL would read as a date without it.
 */
function compared(node: Expression, t: Translation): Expression {
  if (node.kind !== "stringLiteral" || !/^\s*\d{4}-\d{1,2}-\d{1,2}[ T]/.test(node.text)) {
    return t.value(node);
  }
  if (!TIME_OF_DAY.test(node.text)) {
    t.unclear(`the string '${node.text}' may be a time of another form`, node.position);
  }
  return cast(node, "timestamp");
}

function binary(node: BinaryOperator, t: Translation): Expression {
  const { name } = node.operator;
  if (COMPARISONS.has(name)) {
    return { ...node, left: compared(node.left, t), right: compared(node.right, t) };
  }
  const left = t.value(node.left);
  const right = t.value(node.right);
  const { operators } = t.meaning;
  const rule = Object.hasOwn(operators, name) ? operators[name] : undefined;
  if (rule === undefined) return t.refuse(`operator ${name}`, node.position);
  return rule(left, right, node.position);
}

function like(node: Like, t: Translation): Expression {
  const { variant, pattern, position } = node;
  if (variant === "similar") t.refuse("SIMILAR TO", position);
  const operand = t.value(node.operand);
  if (node.escape !== undefined) {
    const isPlain = node.escape.kind === "stringLiteral" && /^[^\\%_[]$/u.test(node.escape.text);
    if (!isPlain) t.refuse("ESCAPE that is not one plain character", position);
  }
  if (t.meaning.like === "literal") {
    if (pattern.kind !== "stringLiteral" || /[[\]^]/.test(pattern.text)) {
      t.refuse("LIKE with a pattern that is no constant or has brackets", position);
    }
  }
  const value = t.value(pattern);
  const none = { kind: "stringLiteral", text: "", position } as const;
  const plain = t.meaning.like === "backslash" ? undefined : none;
  return { ...node, operand, pattern: value, escape: node.escape ?? plain };
}

/** Written twice where NULLs count, so only what is no work to repeat. */
function extreme(node: MinMax, t: Translation): Expression {
  const args = node.arguments.map((each) => t.value(each));
  const { position } = node;
  switch (t.meaning.extremes) {
    case "skipNulls":
      return { ...node, arguments: args };
    case "nullIfAny": {
      if (!node.arguments.every(isRepeatable)) {
        t.refuse(`${node.variant.toUpperCase()} of more than columns and constants`, position);
      }
      const nothing = { kind: "nullLiteral", position } as const;
      const anyNull = args.map((arg) => isNull(arg, false, position));
      const all = { ...node, arguments: args };
      return choose([[either(anyNull, position), nothing]], all, position);
    }
    case "refused":
      return t.refuse(node.variant.toUpperCase(), position);
  }
}

/** Whether a node may stand in several places of a tree at no cost. */
export function isRepeatable(node: Expression): boolean {
  switch (node.kind) {
    case "columnReference":
    case "integerLiteral":
    case "numericLiteral":
    case "stringLiteral":
    case "nullLiteral":
    case "parameter":
      return true;
    case "cast":
      return isRepeatable(node.operand);
    default:
      return false;
  }
}

function castOf(node: Cast, t: Translation): Expression {
  const { type, operand, position } = node;
  if (type.arrayDimensions > 0 || type.setOf) t.refuse("an array", position);
  if (type.name === "interval") return intervalOf(node, t);
  const { types } = t.meaning;
  const rule = Object.hasOwn(types, type.name) ? types[type.name] : undefined;
  // A decimal constant that says its own type needs none of the dialect's.
  const bare = operand.kind === "numericLiteral" && !/e/i.test(operand.text);
  const value = bare ? operand : t.value(operand);
  const translated = rule?.(value, type, position);
  return translated ?? t.refuse(`type ${type.name}`, position);
}

const INTERVAL = /^(-?\d+) (year|quarter|month|week|day|hour|minute|second)s?$/;

/** `'3 day'` of INTERVAL, as both rewriters spell it. */
function intervalOf(node: Cast, t: Translation): Expression {
  const { operand, position } = node;
  const parts = operand.kind === "stringLiteral" ? INTERVAL.exec(operand.text) : null;
  if (parts === null || node.type.intervalFields !== undefined) {
    return t.refuse("an interval that is not one number of one unit", position);
  }
  const [, amount = "0", unit = ""] = parts;
  const text = unit === "quarter" ? `${String(3n * BigInt(amount))} month` : `${amount} ${unit}`;
  return { ...node, operand: { ...operand, text } as Expression };
}

function functionOf(node: FunctionCall, t: Translation): Expression {
  const { position } = node;
  const name = node.name.at(-1) ?? "";
  const schema = node.name.at(-2);
  const key = schema === "pg_catalog" ? `pg_catalog.${name}` : name;
  const { functions } = t.meaning;
  const rule = Object.hasOwn(functions, key) ? functions[key] : undefined;
  if (rule === undefined || (schema !== undefined && schema !== "pg_catalog")) {
    return t.refuse(`function ${node.name.join(".")}`, position);
  }
  checkForm(node, rule, t);
  const args = node.arguments.map(({ value }, index) =>
    rule.conditions?.includes(index) === true ? t.condition(value) : t.value(value),
  );
  const known: KnownCall = {
    name,
    args,
    position,
    call: {
      ...node,
      arguments: args.map((value) => ({ name: undefined, value, position: value.position })),
      orderBy: t.orderBy(node.orderBy),
    },
    refuse: (reason) => t.refuse(reason, position),
  };
  return rule.build(known);
}

function checkForm(node: FunctionCall, rule: FunctionRule, t: Translation): void {
  const { position } = node;
  const name = node.name.at(-1) ?? "";
  const forms: readonly (readonly [boolean, string])[] = [
    [node.variadic, "VARIADIC"],
    [node.withinGroup, "WITHIN GROUP"],
    [node.filter !== undefined, "FILTER"],
    [node.over !== undefined, "OVER"],
    [node.arguments.some((argument) => argument.name !== undefined), "a named argument"],
    [rule.aggregate !== true && (node.distinct || node.star), "DISTINCT or * in a function"],
    [rule.aggregate !== true && node.orderBy.length > 0, "ORDER BY in a function"],
  ];
  const used = forms.find(([present]) => present);
  if (used !== undefined) t.refuse(used[1], position);
  const count = node.star ? 1 : node.arguments.length;
  if (count < rule.least || count > rule.most) {
    t.refuse(`function ${name} of ${String(count)} arguments`, position);
  }
}

/** `a op b` with PostgreSQL's own meaning. */
export function asIs(name: string) {
  return (left: Expression, right: Expression, position: Position): Expression =>
    operator(name, left, right, position);
}

/** An operator whose meaning depends on its operands' types. */
export function byTypes(name: string) {
  return (left: Expression, right: Expression, position: Position): Expression =>
    typed(name, [left, right], position);
}
