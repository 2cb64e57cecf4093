import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { SqlError } from "../errors/index.js";
import { initParser, parse } from "./index.js";

before(initParser);

const CORPORA = "sql-tests/corpora";

function queriesOf(corpus: string): readonly (readonly [name: string, text: string])[] {
  const folder = join(CORPORA, corpus, "queries");
  return readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .map((name) => [name, readFileSync(join(folder, name), "utf8")] as const);
}

for (const [corpus, count] of [
  ["tpch", 22],
  ["tpcds", 99],
] as const) {
  test(`every query of ${corpus} becomes a tree`, () => {
    const queries = queriesOf(corpus);
    assert.equal(queries.length, count);
    for (const [name, text] of queries) {
      const statements = parse(text);
      assert.ok(statements.length >= 1, name);
      for (const { statement } of statements) assert.equal(statement.kind, "query", name);
    }
  });
}

/** Tokens a mutation may put anywhere: those that open, close, nest, quote or confuse. */
const TOKENS = (
  "( ) [ ] , ; . :: $1 $0 * - + || -> ' \" $$ /* */ -- E'\\ U&' 'x' 0x1F 1e9 .5 é 😀 \u0001 " +
  "NULL NOT AND OR IN BETWEEN LIKE CASE WHEN END SELECT FROM WHERE GROUP BY ROLLUP ORDER LIMIT " +
  "UNION ALL ANY EXISTS LATERAL JOIN USING ON WITH AS VALUES OVER PARTITION ROWS INTERVAL DATE " +
  "CAST ARRAY ROW DEFAULT XMLELEMENT TABLESAMPLE INTO FOR UPDATE IS DISTINCT COLLATE GROUPING"
).split(" ");

/** xorshift32: a run is its seed. */
function generator(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

function mutate(words: readonly string[], next: (bound: number) => number): string {
  const mutated = [...words];
  for (let count = 1 + next(3); count > 0; count -= 1) {
    const at = next(mutated.length);
    const token = TOKENS[next(TOKENS.length)] ?? "";
    switch (next(5)) {
      case 0:
        mutated.splice(at, 1);
        break;
      case 1:
        mutated.splice(at, 0, token);
        break;
      case 2:
        mutated.splice(at, 1, token);
        break;
      case 3:
        mutated.splice(at, 0, ...mutated.slice(next(mutated.length)).slice(0, 10));
        break;
      default:
        mutated.splice(at, 1, mutated[next(mutated.length)] ?? token);
    }
  }
  return mutated.join(" ");
}

test("whatever happens to a query's words, only a SqlError escapes", () => {
  const texts = [...queriesOf("tpch"), ...queriesOf("tpcds")].map(([, text]) => text.split(/\s+/));
  const seed = 20240817;
  const next = generator(seed);
  let accepted = 0;
  let refused = 0;
  for (let round = 0; round < 2500; round += 1) {
    const text = mutate(texts[next(texts.length)] ?? [], next);
    try {
      parse(text);
      accepted += 1;
    } catch (error) {
      assert.ok(
        error instanceof SqlError,
        `seed ${seed}, round ${round}: ${String(error)}\n${text}`,
      );
      assert.notEqual(error.sqlstate, "XX000", `${error.message}\n${text}`);
      const { position } = error.fields;
      assert.ok(
        position === undefined || (position >= 1 && position <= [...text].length + 1),
        text,
      );
      refused += 1;
    }
  }
  assert.ok(accepted > 100 && refused > 100, `accepted ${accepted}, refused ${refused}`);
});
