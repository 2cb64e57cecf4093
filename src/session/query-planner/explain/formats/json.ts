import { unreachable } from "../../../../errors/index.js";
import type { Entry } from "./entry.js";

/** The one value of EXPLAIN (FORMAT JSON), laid out as PostgreSQL lays it out. */
export function jsonOf(entries: readonly Entry[]): string {
  return block("[", "]", [objectOf(entries, "  ")], "");
}

function objectOf(entries: readonly Entry[], indent: string): string {
  const inner = `${indent}  `;
  const members = entries.map((entry) => `${quoted(entry.label)}: ${valueOf(entry, inner)}`);
  return block("{", "}", members, indent);
}

function valueOf(entry: Entry, indent: string): string {
  switch (entry.kind) {
    case "text":
      return quoted(entry.text);
    case "bare":
      return entry.text;
    case "list":
      return `[${entry.items.map(quoted).join(", ")}]`;
    case "group":
      return objectOf(entry.entries, indent);
    case "groups": {
      const groups = entry.groups.map((group) => objectOf(group, `${indent}  `));
      return block("[", "]", groups, indent);
    }
    default:
      return unreachable(entry);
  }
}

function block(open: string, close: string, items: readonly string[], indent: string): string {
  const lines = items.map((item) => `\n${indent}  ${item}`);
  return `${open}${lines.join(",")}\n${indent}${close}`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
