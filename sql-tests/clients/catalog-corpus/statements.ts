import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SQL_TESTS } from "../../runner/repository.js";

const CORPUS = join(SQL_TESTS, "corpora/client-queries");

/** A statement that a client sent, as its file tells. */
export interface CapturedStatement {
  readonly file: string;
  readonly text: string;
  readonly protocol: "simple" | "extended";
  /** Parameters as text; null where no value was captured. */
  readonly values: readonly (string | null)[];
  /** What each OID of a user's object in it was: `class sales.orders`. */
  readonly objects: ReadonlyMap<string, string>;
}

/** All statements by the session they were sent in, in order. */
export function capturedSessions(): ReadonlyMap<string, readonly CapturedStatement[]> {
  const sessions = new Map<string, CapturedStatement[]>();
  for (const file of readdirSync(CORPUS).sort()) {
    if (!file.endsWith(".sql")) continue;
    // What was not captured stands for itself.
    const session = file.startsWith("src-") ? file : file.replace(/--\d+\.sql$/, "");
    const statements = sessions.get(session) ?? [];
    statements.push(readStatement(file));
    sessions.set(session, statements);
  }
  return sessions;
}

function readStatement(file: string): CapturedStatement {
  const lines = readFileSync(join(CORPUS, file), "utf8").split("\n");
  const headerEnd = lines.findIndex((line) => !line.startsWith("-- "));
  const header = lines.slice(0, headerEnd).join("\n");
  const text = lines.slice(headerEnd).join("\n").trim();
  const count = Math.max(0, ...[...text.matchAll(/\$(\d+)/g)].map(([, digits]) => Number(digits)));
  const values = Array.from({ length: count }, (_, index) => {
    const found = new RegExp(`\\$${String(index + 1)} ?= ?'((?:[^']|'')*)'`).exec(header);
    return found?.[1]?.replaceAll("''", "'") ?? null;
  });
  const objects = [...header.matchAll(/^-- oid (\d+) = (.*)$/gm)];
  return {
    file,
    text,
    protocol: count > 0 || /^-- protocol: extended/m.test(header) ? "extended" : "simple",
    values,
    objects: new Map(objects.map(([, oid = "", name = ""]) => [oid, name])),
  };
}
