import { isSymbol, isWord, type Token } from "../lexer/index.js";
import { Refusal } from "../refusal.js";

const COMPARISONS = new Set(["=", "<>", "!=", "<", ">", "<=", ">="]);
const COMPARING_WORDS = ["like", "ilike", "in", "between", "is", "similar", "regexp", "rlike"];
const ARITHMETIC = new Set(["+", "-", "*", "/", "%"]);
/** Where one expression ends and another begins. */
const BORDERS = [
  ..."select distinct all from where group by having order limit offset on using join as".split(
    " ",
  ),
  ..."or when then else union except intersect qualify window over values".split(" "),
];

interface Level {
  comparisons: number;
  /** A BETWEEN whose AND is still to come. */
  between: boolean;
  joins: boolean;
  computes: boolean;
}

/**
 * Refuses operators side by side that bind otherwise in some dialect than in PostgreSQL: two
 * comparisons, and `||` with arithmetic. Parentheses settle them.
 */
export function checkPrecedence(tokens: readonly Token[]): void {
  const levels: Level[] = [fresh()];
  for (const [index, token] of tokens.entries()) {
    const level = levels.at(-1) ?? fresh();
    if (isSymbol(token, "(") || isWord(token, "case")) levels.push(fresh());
    else if (isSymbol(token, ")") || isWord(token, "end")) levels.pop();
    else if (isWord(token, "and") && level.between) level.between = false;
    else if (isSymbol(token, ",") || isWord(token, "and", ...BORDERS)) {
      levels[levels.length - 1] = fresh();
    } else note(level, token, tokens[index - 1]);
  }
}

function fresh(): Level {
  return { comparisons: 0, between: false, joins: false, computes: false };
}

function note(level: Level, token: Token, before: Token | undefined): void {
  if (isSymbol(token, "||")) level.joins = true;
  else if (token.kind === "symbol" && ARITHMETIC.has(token.text)) {
    // A sign is no operator between two operands, and a star may be all columns.
    const isOperator = before !== undefined && (before.kind !== "symbol" || before.text === ")");
    if (isOperator) level.computes = true;
  } else if (isWord(token, "div", "mod")) level.computes = true;
  if (level.joins && level.computes) {
    throw new Refusal("|| beside arithmetic needs parentheses", token.start);
  }
  const isComparison = token.kind === "symbol" && COMPARISONS.has(token.text);
  if (!isComparison && !isWord(token, ...COMPARING_WORDS)) return;
  if (isWord(token, "between")) level.between = true;
  level.comparisons += 1;
  if (level.comparisons > 1) {
    throw new Refusal("comparisons beside each other need parentheses", token.start);
  }
}
