import type { Literal } from "./ast/index.js";

/**
 * A tree as one line, for tests and logs: `(kind field: value …)`, leaving out what is undefined,
 * false or empty; columns and constants stand bare, operators and AND, OR, NOT between their
 * operands. With `positions`, `@n` follows each node that has one.
 */
export function outline(node: object, options: { readonly positions?: boolean } = {}): string {
  return printObject(node, options.positions ?? false);
}

function print(value: unknown, positions: boolean): string {
  if (Array.isArray(value)) {
    return `[${value.map((item: unknown) => print(item, positions)).join(" ")}]`;
  }
  if (typeof value === "object" && value !== null) return printObject(value, positions);
  return String(value);
}

function printObject(node: object, positions: boolean): string {
  const fields = node as Readonly<Record<string, unknown>>;
  const at = positions && fields["position"] !== undefined ? `@${String(fields["position"])}` : "";
  const bare = bareText(fields);
  if (bare !== undefined) return bare + at;
  const infix = infixParts(fields, at);
  if (infix !== undefined) {
    return `(${infix.map((part) => print(part, positions)).join(" ")})`;
  }
  const { kind, position: _position, ...rest } = fields;
  const parts = Object.entries(rest)
    .filter(([name, value]) => !isDefault(value) && !(name === "arrayDimensions" && value === 0))
    .map(([name, value]) => `${name}: ${print(value, positions)}`);
  return kind === undefined
    ? `{${parts.join(" ")}}${at}`
    : `(${[`${String(kind)}${at}`, ...parts].join(" ")})`;
}

function isDefault(value: unknown): boolean {
  const isEmpty = Array.isArray(value) && value.length === 0;
  return value === undefined || value === false || isEmpty;
}

/** What stands between parentheses, in the order of SQL. */
function infixParts(fields: Readonly<Record<string, unknown>>, at: string): unknown[] | undefined {
  const operator = `${print(fields["operator"], false)}${at}`;
  switch (fields["kind"]) {
    case "binaryOperator":
      return [fields["left"], operator, fields["right"]];
    case "unaryOperator":
      return [operator, fields["operand"]];
    case "not":
      return [`not${at}`, fields["operand"]];
    case "and":
    case "or": {
      const word = `${String(fields["kind"])}${at}`;
      const operands = fields["operands"] as readonly unknown[];
      return operands.flatMap((operand, index) => (index === 0 ? [operand] : [word, operand]));
    }
    default:
      return undefined;
  }
}

function bareText(fields: Readonly<Record<string, unknown>>): string | undefined {
  const kind = fields["kind"];
  if (kind === undefined) return operatorText(fields);
  if (kind === "columnReference") return (fields["names"] as readonly string[]).join(".");
  if (kind === "star") return [...(fields["qualifier"] as readonly string[]), "*"].join(".");
  if (kind === "parameter") return `$${String(fields["number"])}`;
  return typeof kind === "string" && kind.endsWith("Literal")
    ? literalText(fields as unknown as Literal)
    : undefined;
}

/** The only object of exactly a schema and a name. */
function operatorText(fields: Readonly<Record<string, unknown>>): string | undefined {
  if (Object.keys(fields).join() !== "schema,name") return undefined;
  const schema = fields["schema"];
  return schema === undefined
    ? String(fields["name"])
    : `${String(schema)}.${String(fields["name"])}`;
}

function literalText(literal: Literal): string {
  switch (literal.kind) {
    case "integerLiteral":
    case "numericLiteral":
      return literal.text;
    case "stringLiteral":
      return `'${literal.text}'`;
    case "bitStringLiteral":
      return `${literal.radix === "binary" ? "b" : "x"}'${literal.digits}'`;
    case "booleanLiteral":
      return String(literal.value);
    case "nullLiteral":
      return "null";
  }
}
