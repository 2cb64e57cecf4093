import {
  builtQuery,
  builtSelect,
  builtTypeName,
  type DerivedTable,
  type Expression,
  type Position,
  type SelectItem,
  type TableAlias,
} from "../parser/index.js";
import type { TypeName } from "../types/index.js";

const NONE = undefined;

/** Rows that are there already, each a text that its column's type reads, as an item of FROM. */
export function rowTable(
  columns: readonly (readonly [name: string, type: TypeName])[],
  rows: readonly (readonly (string | null)[])[],
  alias: TableAlias,
  position: Position,
): DerivedTable {
  // (SELECT c0::type AS name, … FROM (VALUES …) AS v (c0, …)) AS alias
  const literals = rows.map((row) => row.map(literal));
  const names = columns.map((_, i) => `c${String(i)}`);
  const values: DerivedTable = {
    kind: "derivedTable",
    query: builtQuery({
      kind: "values",
      // VALUES wants a row; none is let through.
      rows: literals.length > 0 ? literals : [columns.map(() => literal(null))],
      position: NONE,
    }),
    lateral: false,
    alias: { name: "v", columns: names },
    position: NONE,
  };
  const select = builtSelect({
    items: columns.map(([name, type], i) => columnItem(name, type, names[i] ?? "")),
    from: [values],
    where: rows.length > 0 ? NONE : { kind: "booleanLiteral", value: false, position: NONE },
  });
  return { kind: "derivedTable", query: builtQuery(select), lateral: false, alias, position };
}

/** A value as its type reads it. */
export function typedValue(text: string | null, type: TypeName, position: Position): Expression {
  return { kind: "cast", operand: literal(text), type: builtTypeName(type), position };
}

function literal(text: string | null): Expression {
  return text === null
    ? { kind: "nullLiteral", position: NONE }
    : { kind: "stringLiteral", text, position: NONE };
}

function columnItem(alias: string, type: TypeName, column: string): SelectItem {
  const operand: Expression = { kind: "columnReference", names: [column], position: NONE };
  const value: Expression = { kind: "cast", operand, type: builtTypeName(type), position: NONE };
  return { kind: "selectItem", value, alias, position: NONE };
}
