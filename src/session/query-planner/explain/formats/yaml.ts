import { unreachable } from "../../../../errors/index.js";
import type { Entry } from "./entry.js";

/** The one value of EXPLAIN (FORMAT YAML), laid out as PostgreSQL lays it out. */
export function yamlOf(entries: readonly Entry[]): string {
  return itemOf(entries, "");
}

/** A list item: its first line after a dash, the others below that. */
function itemOf(entries: readonly Entry[], indent: string): string {
  const lines = entries.flatMap((entry) => linesOf(entry, `${indent}  `));
  return [`${indent}- ${lines[0]?.trimStart() ?? ""}`, ...lines.slice(1)].join("\n");
}

function linesOf(entry: Entry, indent: string): readonly string[] {
  const head = `${indent}${entry.label}: `;
  switch (entry.kind) {
    case "text":
      return [head + JSON.stringify(entry.text)];
    case "bare":
      return [head + entry.text];
    case "list":
      return [head, ...entry.items.map((item) => `${indent}  - ${JSON.stringify(item)}`)];
    case "group":
      return [head, ...entry.entries.flatMap((inner) => linesOf(inner, `${indent}  `))];
    case "groups":
      return [head, ...entry.groups.map((group) => itemOf(group, `${indent}  `))];
    default:
      return unreachable(entry);
  }
}
