import type { Expression } from "../../plan/index.js";
import type { TableFunction, TableOverload } from "../table-overload.js";

const lower = (args: readonly Expression[]): readonly Expression[] => args;

function overText(argumentCount: number, nullable: boolean): TableOverload {
  const args = Array.from({ length: argumentCount }, () => "text" as const);
  return { args, returns: "text", nullable, lower };
}

/** The last argument is what stands for NULL among the parts. */
export const stringToTable: TableFunction = {
  kind: "table",
  name: "string_to_table",
  overloads: [overText(2, true), overText(3, true)],
};

export const regexpSplitToTable: TableFunction = {
  kind: "table",
  name: "regexp_split_to_table",
  overloads: [overText(2, false), overText(3, false)],
};

/** Arrays of what the groups matched. */
export const regexpMatches: TableFunction = {
  kind: "table",
  name: "regexp_matches",
  overloads: [2, 3].map((count) => ({ ...overText(count, false), returns: "_text" })),
};
