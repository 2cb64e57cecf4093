import type { Expression, FunctionCall, TypeName } from "../../../parser/index.js";

/** An expression over nothing but constants as SQL for the system catalog; undefined for others. */
export function constantText(expression: Expression): string | undefined {
  switch (expression.kind) {
    case "integerLiteral":
    case "numericLiteral":
      return expression.text;
    case "stringLiteral":
      return quotedText(expression.text);
    case "booleanLiteral":
      return String(expression.value);
    case "nullLiteral":
      return "NULL";
    case "valueFunction":
      return expression.precision === undefined ? expression.name : undefined;
    case "cast": {
      const operand = constantText(expression.operand);
      return operand && `CAST(${operand} AS ${typeText(expression.type)})`;
    }
    case "unaryOperator": {
      const operand = constantText(expression.operand);
      return operand && expression.operator.name === "-" ? `(- ${operand})` : undefined;
    }
    case "array": {
      const elements = expression.elements.map(constantText);
      return elements.includes(undefined) ? undefined : `ARRAY[${elements.join(", ")}]`;
    }
    case "functionCall":
      return callText(expression);
    default:
      return undefined;
  }
}

function callText(call: FunctionCall): string | undefined {
  const { star, distinct, variadic, orderBy, filter, over } = call;
  const isPlain = !star && !distinct && !variadic && filter === undefined && over === undefined;
  if (!isPlain || orderBy.length > 0) return undefined;
  const given = call.arguments.map(({ name, value }) =>
    name === undefined ? constantText(value) : undefined,
  );
  if (given.includes(undefined)) return undefined;
  return `${call.name.map(quotedName).join(".")}(${given.join(", ")})`;
}

function typeText({ schema, name, modifiers, arrayDimensions }: TypeName): string {
  const qualified = [...(schema === undefined ? [] : [schema]), name].map(quotedName).join(".");
  const modified = modifiers.length === 0 ? "" : `(${modifiers.join(", ")})`;
  return qualified + modified + "[]".repeat(arrayDimensions);
}

export function quotedName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function quotedText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
