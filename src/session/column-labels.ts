import type { Query } from "../parser/index.js";
import type { ResultColumn } from "./planner.js";

/** A query's columns as its client is to see them: in the case in which its dialect wrote them. */
export function labelled(
  { labels }: Pick<Query, "labels">,
  columns: readonly ResultColumn[],
): readonly ResultColumn[] {
  if (labels?.length !== columns.length) return columns;
  return columns.map((column, index) => ({ ...column, name: labels[index] ?? column.name }));
}
