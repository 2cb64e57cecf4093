import type { WireClient } from "../../../src/testing/wire-client.js";
import { ask, type Answer, type Format } from "./answer.js";
import type { KnownObjects } from "./known-objects.js";
import type { CapturedStatement } from "./statements.js";

/** One of the two servers that are compared. */
export interface Side {
  readonly objects: KnownObjects;
  connect(): Promise<WireClient>;
}

/** How two servers differ over a statement: all that each said, a line each. */
export interface Difference {
  readonly file: string;
  readonly format: Format;
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
}

/** Plays a session to both servers and tells where they answer otherwise. */
export async function compareSession(
  statements: readonly CapturedStatement[],
  our: Side,
  their: Side,
): Promise<readonly Difference[]> {
  const clients = await Promise.all([our.connect(), their.connect()]);
  const differences: Difference[] = [];
  try {
    for (const statement of statements) {
      for (const format of formatsOf(statement)) {
        const [ours, theirs] = await Promise.all(
          [our, their].map(({ objects }, index) => {
            const own = translated(statement, objects);
            return ask(clients[index] as WireClient, own, format, objects.nameOf);
          }),
        );
        if (ours === undefined || theirs === undefined) continue;
        const { file } = statement;
        const ordered = /\border\s+by\b/i.test(statement.text);
        const [left, right] = [linesOf(ours, ordered), linesOf(theirs, ordered)];
        if (left.join("\n") === right.join("\n")) continue;
        differences.push({ file, format, ours: left, theirs: right });
      }
    }
  } finally {
    for (const client of clients) client.close();
  }
  return differences;
}

/** Queries that take parameters are asked for binary values too. */
function formatsOf({ protocol, text }: CapturedStatement): readonly Format[] {
  return protocol === "extended" && /^(select|with)\b/i.test(text) ? ["text", "binary"] : ["text"];
}

function translated(statement: CapturedStatement, objects: KnownObjects): CapturedStatement {
  const { text, values, objects: names } = statement;
  return {
    ...statement,
    text: objects.translated(text, names),
    values: values.map((value) => (value === null ? null : objects.translated(value, names))),
  };
}

function linesOf({ columns, rows, said }: Answer, ordered: boolean): readonly string[] {
  const lines = rows.map((row) => `row ${JSON.stringify(row)}`);
  if (!ordered) lines.sort();
  return [...columns.map((one) => `columns ${JSON.stringify(one)}`), ...lines, ...said];
}
