/**
 * Random expressions with as few parentheses as their operators need mean what they mean with all
 * parentheses, in every dialect, or are refused.
 */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { SqlError } from "../../../src/errors/index.js";
import { initParser, parseIn } from "../../../src/parser/index.js";
import { generator, type Random } from "./random.js";
import { FOREIGN_DIALECTS, type ForeignDialect } from "./texts.js";

const EXPRESSIONS = Number(process.env["MILLRACE_DIALECT_EXPRESSIONS"] ?? "200");
const SEED = Number(process.env["MILLRACE_TEST_SEED"] ?? "20150101");

/** How tightly an operator binds: OR least. */
const LEVEL = { or: 1, and: 2, not: 3, comparison: 4, sum: 5, product: 6, leaf: 7 } as const;

interface Expression {
  readonly level: number;
  /** With the parentheses it needs, and with all. */
  readonly short: string;
  readonly full: string;
}

before(initParser);

describe("precedence", () => {
  for (const dialect of FOREIGN_DIALECTS) {
    test(dialect, () => {
      const random = generator(SEED);
      let read = 0;
      for (let i = 0; i < EXPRESSIONS; i += 1) {
        const { short, full } = condition(random, 3);
        const where = treeOf(dialect, `SELECT a FROM t WHERE ${short}`);
        if (where === undefined) continue;
        read += 1;
        assert.equal(
          where,
          treeOf(dialect, `SELECT a FROM t WHERE ${full}`),
          `${dialect}: ${short}`,
        );
      }
      assert.ok(read > EXPRESSIONS / 4, `only ${String(read)} of ${String(EXPRESSIONS)} are read`);
    });
  }
});

function condition(random: Random, depth: number): Expression {
  const kind = depth === 0 ? 3 : random(6);
  switch (kind) {
    case 0:
      return connected("OR", LEVEL.or, random, depth);
    case 1:
    case 2:
      return connected("AND", LEVEL.and, random, depth);
    case 4: {
      const inner = condition(random, depth - 1);
      return {
        level: LEVEL.not,
        short: `NOT ${shown(inner, LEVEL.not)}`,
        full: `NOT (${inner.full})`,
      };
    }
    default:
      return comparison(random, depth);
  }
}

/** AND and OR of operands that are not the same connective, which would be no other tree. */
function connected(word: "AND" | "OR", level: number, random: Random, depth: number): Expression {
  const operands = Array.from({ length: 2 + random(2) }, () => {
    const operand = condition(random, depth - 1);
    return operand.level === level ? comparison(random, 0) : operand;
  });
  return {
    level,
    short: operands.map((operand) => shown(operand, level + 1)).join(` ${word} `),
    full: operands.map((operand) => `(${operand.full})`).join(` ${word} `),
  };
}

function comparison(random: Random, depth: number): Expression {
  const level = LEVEL.comparison;
  const left = sum(random, depth);
  const [l, f] = [shown(left, LEVEL.sum), `(${left.full})`];
  switch (random(4)) {
    case 0:
      return { level, short: `${l} IS NOT NULL`, full: `${f} IS NOT NULL` };
    case 1:
      return { level, short: `${l} BETWEEN 1 AND b`, full: `${f} BETWEEN (1) AND (b)` };
    case 2:
      return { level, short: `${l} NOT IN (1, c)`, full: `${f} NOT IN ((1), (c))` };
    default: {
      const right = sum(random, depth);
      const operator = ["=", "<>", "<", ">="][random(4)] ?? "=";
      const short = `${l} ${operator} ${shown(right, LEVEL.sum)}`;
      return { level, short, full: `${f} ${operator} (${right.full})` };
    }
  }
}

/** Arithmetic, grouped from the left where it has no parentheses. */
function sum(random: Random, depth: number): Expression {
  if (depth === 0 || random(2) === 0) {
    const leaf = ["a", "t.b", "2", "COALESCE(c, 1)"][random(4)] ?? "a";
    return { level: LEVEL.leaf, short: leaf, full: leaf };
  }
  const isSum = random(2) === 0;
  const level = isSum ? LEVEL.sum : LEVEL.product;
  const operator = (isSum ? ["+", "-"] : ["*", "/"])[random(2)] ?? "+";
  const [left, right] = [sum(random, depth - 1), sum(random, depth - 1)];
  return {
    level,
    short: `${shown(left, level)} ${operator} ${shown(right, level + 1)}`,
    full: `(${left.full}) ${operator} (${right.full})`,
  };
}

function shown({ level, short }: Expression, least: number): string {
  return level < least ? `(${short})` : short;
}

/** Undefined where the text is refused. */
function treeOf(dialect: ForeignDialect, text: string): string | undefined {
  try {
    const trees = parseIn(dialect, text).map(({ statement }) => statement);
    return JSON.stringify(trees, (key, value: unknown) => (key === "position" ? undefined : value));
  } catch (error) {
    assert.ok(error instanceof SqlError && error.sqlstate === "0A000", `${text}: ${String(error)}`);
    return undefined;
  }
}
