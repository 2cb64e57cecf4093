import { unreachable } from "../../../../errors/index.js";
import type { Entry } from "./entry.js";

const NAMESPACE = "http://www.postgresql.org/2009/explain";

/** The one value of EXPLAIN (FORMAT XML), laid out as PostgreSQL lays it out. */
export function xmlOf(entries: readonly Entry[]): string {
  const inner = entries.flatMap((entry) => linesOf(entry, "    "));
  const query = ["  <Query>", ...inner, "  </Query>"];
  return [`<explain xmlns="${NAMESPACE}">`, ...query, "</explain>"].join("\n");
}

function linesOf(entry: Entry, indent: string): readonly string[] {
  const tag = tagOf(entry.label);
  const around = (lines: readonly string[]): readonly string[] => [
    `${indent}<${tag}>`,
    ...lines,
    `${indent}</${tag}>`,
  ];
  switch (entry.kind) {
    case "text":
    case "bare":
      return [`${indent}<${tag}>${escaped(entry.text)}</${tag}>`];
    case "list":
      return around(entry.items.map((item) => `${indent}  <Item>${escaped(item)}</Item>`));
    case "group":
      return around(entry.entries.flatMap((inner) => linesOf(inner, `${indent}  `)));
    case "groups":
      return around(
        entry.groups.flatMap((entries) =>
          linesOf({ kind: "group", label: entry.itemLabel, entries }, `${indent}  `),
        ),
      );
    default:
      return unreachable(entry);
  }
}

/** An element's name: what XML does not allow in one becomes a dash. */
function tagOf(label: string): string {
  return label.replace(/[^A-Za-z0-9_.-]/g, "-");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "\r": "&#x0d;",
};

function escaped(text: string): string {
  return text.replace(/[&<>\r]/g, (character) => ENTITIES[character] ?? character);
}
