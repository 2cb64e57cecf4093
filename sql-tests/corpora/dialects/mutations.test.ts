/**
 * Texts of each dialect with tokens left out, doubled, swapped or put in from elsewhere are read or
 * refused by an error that says so, and what is read reads the same where layout alone differs.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { SqlError } from "../../../src/errors/index.js";
import { initParser, parseIn } from "../../../src/parser/index.js";
import { ROOT } from "../../runner/repository.js";
import { generator, type Random } from "./random.js";
import { FOREIGN_DIALECTS, tpchOf, type ForeignDialect } from "./texts.js";

const MUTATIONS = Number(process.env["MILLRACE_DIALECT_MUTATIONS"] ?? "300");
const SEED = Number(process.env["MILLRACE_TEST_SEED"] ?? "20150101");
/** Texts whose parsing is quick, so that many are tried. */
const LONGEST_CHARS = 400;

before(initParser);

describe("mutated texts", () => {
  for (const dialect of FOREIGN_DIALECTS) {
    test(dialect, () => {
      const texts = textsOf(dialect);
      const random = generator(SEED);
      let read = 0;
      for (let i = 0; i < MUTATIONS; i += 1) {
        const text = mutated(texts, random);
        if (outcome(dialect, text) === "refused") continue;
        read += 1;
        const spread = JSON.stringify(treeOf(dialect, `\n ${text.replace(/;\s*$/, "")}\n`));
        assert.equal(spread, JSON.stringify(treeOf(dialect, text)), `seed ${SEED}: ${text}`);
      }
      assert.ok(read > 0, "some mutations are still statements");
    });
  }
});

/** The statements of the dialect's own `.slt` file, and the shorter ones of TPC-H. */
function textsOf(dialect: ForeignDialect): readonly string[] {
  const path = join(ROOT, "sql-tests", "logic", "dialects", `${dialect}.slt`);
  const blocks = readFileSync(path, "utf8").split("\n\n");
  const statements = blocks
    .filter((block) => /^(query|error) /.test(block))
    .map((block) => block.split("\n")[1] ?? "");
  const tpch = tpchOf(dialect).map(({ sql }) => sql);
  return [...statements, ...tpch].filter((text) => text.length <= LONGEST_CHARS);
}

function outcome(dialect: ForeignDialect, text: string): "read" | "refused" {
  try {
    parseIn(dialect, text);
    return "read";
  } catch (error) {
    const where = `seed ${SEED}, ${dialect}: ${text}`;
    assert.ok(error instanceof SqlError, `${where}: ${String(error)}`);
    assert.match(error.sqlstate, /^(0A000|22|42|54)/, `${where}: ${error.message}`);
    return "refused";
  }
}

function treeOf(dialect: ForeignDialect, text: string): unknown {
  return parseIn(dialect, text).map(({ statement }) => unplaced(statement));
}

/** A tree without positions and source texts. */
function unplaced(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(unplaced);
  if (typeof node !== "object" || node === null) return node;
  const entries = Object.entries(node).filter(([key]) => key !== "position" && !/Text$/.test(key));
  return Object.fromEntries(entries.map(([key, value]) => [key, unplaced(value)]));
}

function mutated(texts: readonly string[], random: Random): string {
  const tokens = split(texts[random(texts.length)] ?? "");
  const others = split(texts[random(texts.length)] ?? "");
  for (let changes = 1 + random(2); changes > 0; changes -= 1) {
    const at = random(tokens.length);
    const token = tokens[at] ?? "";
    switch (random(5)) {
      case 0:
        tokens.splice(at, 1);
        break;
      case 1:
        tokens.splice(at, 0, token);
        break;
      case 2:
        tokens.splice(at, 2, tokens[at + 1] ?? "", token);
        break;
      case 3:
        tokens.splice(at, 1, others[random(others.length)] ?? "");
        break;
      default:
        tokens.splice(at, 0, PIECES[random(PIECES.length)] ?? "");
    }
  }
  return tokens.join("");
}

const PIECES = [" ( ", " ) ", " OR ", " AND ", " NOT ", "'", '"', "`", "[", "\\", "--", "/*", "*/"];
PIECES.push(" || ", " / ", " IS NULL", " LIKE ", "$1", ";", "#", "é", "😀", "::", " = ", " -", ",");

/** Words, numbers, quotes, blanks and single characters. */
function split(text: string): string[] {
  return text.match(/\w+|\s+|[^\w\s]/gu) ?? [];
}
