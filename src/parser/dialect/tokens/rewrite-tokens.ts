import { foldCase, isSymbol, isWord, type Token } from "../lexer/index.js";
import type { ForeignDialect } from "../names.js";
import { Refusal } from "../refusal.js";
import {
  checkName,
  intervalCall,
  intervalText,
  quotedPath,
  stringText,
  typeText,
  typeWordCount,
} from "../spelling.js";
import { closing } from "../split.js";
import { checkPrecedence } from "./precedence.js";
import type { Output } from "./output.js";

/** Functions without arguments that PostgreSQL writes without parentheses. */
const BARE_FUNCTIONS = ["current_date", "current_timestamp"];
const SET_OPERATORS = ["union", "except", "intersect"];

/** What rewriting found that the text cannot say. */
export interface TokenNotes {
  /** Where in the rewritten text a `/` stands for MySQL's DIV. */
  readonly wholeQuotients: readonly number[];
}

/** Writes a query of a dialect as PostgreSQL's, token by token, without knowing its structure. */
export function rewriteTokens(
  tokens: readonly Token[],
  dialect: ForeignDialect,
  output: Output,
): TokenNotes {
  checkPrecedence(tokens);
  const rewriter = new TokenRewriter(tokens, dialect, output);
  rewriter.range(0, tokens.length);
  return { wholeQuotients: rewriter.wholeQuotients };
}

class TokenRewriter {
  readonly wholeQuotients: number[] = [];

  constructor(
    private readonly tokens: readonly Token[],
    private readonly dialect: ForeignDialect,
    private readonly output: Output,
  ) {}

  /** Rewrites the tokens from one index up to another. */
  range(from: number, to: number): void {
    for (let at = from; at < to;) at = this.construct(at, to);
  }

  /** Rewrites what starts at an index; answers the index behind it. */
  private construct(at: number, to: number): number {
    const token = this.tokens[at];
    if (token === undefined) return to;
    if (isSymbol(token, "(")) return this.parenthesised(at);
    if (isSymbol(token, "::")) {
      this.put("::", token);
      return this.type(at + 1);
    }
    if (token.kind === "word") return this.word(token, at, to);
    this.plain(token);
    return at + 1;
  }

  private parenthesised(at: number): number {
    const close = closing(this.tokens, at);
    this.put("(", this.tokens[at]);
    this.range(at + 1, close);
    this.put(")", this.tokens[close]);
    return close + 1;
  }

  private word(token: Token, at: number, to: number): number {
    const { tokens, dialect } = this;
    const next = tokens[at + 1];
    const calls = isSymbol(next, "(");
    if (isWord(token, "cast") && calls) return this.cast(at);
    if (isWord(token, "convert") && calls) return this.convert(at);
    if (isWord(token, "group_concat") && calls) return this.groupConcat(at);
    if (isWord(token, "interval")) return this.interval(token, at);
    if (isWord(token, "top") && isWord(tokens[at - 1], "select", "distinct", "all")) {
      return this.top(at, to);
    }
    if (isWord(token, "limit") && dialect === "mysql") return this.limit(at);
    if (isWord(token, ...BARE_FUNCTIONS) && calls && isSymbol(tokens[at + 2], ")")) {
      this.plain(token);
      return at + 3;
    }
    if (isWord(token, "mod", "div") && !calls && dialect === "mysql")
      return this.quotient(token, at);
    if (isWord(token, "as") && next?.kind === "string") return this.alias(at);
    this.plain(token);
    return at + 1;
  }

  private plain(token: Token): void {
    switch (token.kind) {
      case "name":
        return this.put(quotedPath(token.value, this.dialect), token);
      case "string":
        return this.put(stringText(token.value), token);
      case "word":
        checkName(token.text);
        // Beyond ASCII, case is folded by other rules.
        if (foldCase(token.text).toLowerCase() !== foldCase(token.text)) {
          throw new Refusal(`the name ${token.text} is unclear`, token.start);
        }
        return this.put(token.text, token);
      default:
        return this.put(token.text, token);
    }
  }

  /** `CAST(x AS type)`. */
  private cast(at: number): number {
    const close = closing(this.tokens, at + 1);
    const as = this.findAtTop(at + 2, close, (token) => isWord(token, "as"));
    if (as === undefined) throw new Refusal("CAST without AS", this.tokens[at]?.start);
    this.put("CAST (", this.tokens[at]);
    this.range(at + 2, as);
    this.put("AS", this.tokens[as]);
    const end = this.type(as + 1);
    if (end !== close) throw new Refusal("the type of CAST is not read", this.tokens[end]?.start);
    this.put(")", this.tokens[close]);
    return close + 1;
  }

  /** `CONVERT(x, type)` of MySQL, `CONVERT(type, x)` of T-SQL. */
  private convert(at: number): number {
    const close = closing(this.tokens, at + 1);
    const comma = this.findAtTop(at + 2, close, (token) => isSymbol(token, ","));
    if (comma === undefined) {
      throw new Refusal("CONVERT is read with two arguments only", this.tokens[at]?.start);
    }
    const typeFirst = this.dialect === "tsql";
    const [from, to] = typeFirst ? [comma + 1, close] : [at + 2, comma];
    const type = typeFirst ? at + 2 : comma + 1;
    this.put("CAST (", this.tokens[at]);
    this.range(from, to);
    this.put("AS", this.tokens[type]);
    if (this.type(type) !== (typeFirst ? comma : close)) {
      throw new Refusal("the type of CONVERT is not read", this.tokens[type]?.start);
    }
    this.put(")", this.tokens[close]);
    return close + 1;
  }

  /** A type's name with its modifiers; answers the index behind it. */
  private type(at: number): number {
    const first = this.tokens[at];
    if (first?.kind !== "word") throw new Refusal("the type is not read", first?.start);
    const words = [first, this.tokens[at + 1]].map((t) => (t?.kind === "word" ? t.value : ""));
    const count = typeWordCount(words);
    const open = at + count;
    const opens = isSymbol(this.tokens[open], "(");
    const close = opens ? closing(this.tokens, open) : open;
    const modifiers = this.tokens
      .slice(open + 1, Math.max(open + 1, close))
      .filter((token) => !isSymbol(token, ","))
      .map((token) => token.text);
    this.put(typeText(words.slice(0, count), modifiers), first);
    return opens ? close + 1 : open;
  }

  /** `GROUP_CONCAT([DISTINCT] x [ORDER BY y] [SEPARATOR 's'])`: the separator becomes an argument. */
  private groupConcat(at: number): number {
    const close = closing(this.tokens, at + 1);
    const mark = this.findAtTop(at + 2, close, (token) => isWord(token, "separator"));
    const separator = mark === undefined ? "," : this.tokens[mark + 1]?.value;
    if (mark !== undefined && (this.tokens[mark + 1]?.kind !== "string" || mark + 2 !== close)) {
      throw new Refusal("SEPARATOR is read with a string only", this.tokens[mark]?.start);
    }
    const end = mark ?? close;
    const order = this.findAtTop(at + 2, end, (token) => isWord(token, "order")) ?? end;
    this.put("group_concat (", this.tokens[at]);
    this.range(at + 2, order);
    this.put(`, ${stringText(separator ?? ",")}`, this.tokens[mark ?? at]);
    this.range(order, end);
    this.put(")", this.tokens[close]);
    return close + 1;
  }

  /** `INTERVAL 3 DAY`, `INTERVAL '3' DAY`, `INTERVAL '3 day'`. */
  private interval(token: Token, at: number): number {
    const negative = isSymbol(this.tokens[at + 1], "-");
    const amount = this.tokens[at + (negative ? 2 : 1)];
    const last = at + (negative ? 3 : 2);
    if (amount?.kind === "string" && this.dialect !== "mysql" && this.dialect !== "bigquery") {
      const unit = this.tokens[last];
      const named = this.dialect === "redshift" && unit !== undefined && isUnit(unit);
      this.put(intervalText(amount.value, named ? unit.value : ""), token);
      return named ? last + 1 : last;
    }
    const unit = this.tokens[last];
    const isAmount = amount?.kind === "number" || amount?.kind === "string";
    if (!isAmount && !negative) return this.intervalOf(token, at);
    if (!isAmount || unit === undefined || !isUnit(unit)) {
      throw new Refusal("INTERVAL is read with a constant and a unit only", token.start);
    }
    this.put(intervalText(`${negative ? "-" : ""}${amount.value}`, unit.value), token);
    return last + 1;
  }

  /** `INTERVAL x DAY` of a column, a parameter, or what stands in parentheses. */
  private intervalOf(token: Token, at: number): number {
    const { tokens } = this;
    let end = isSymbol(tokens[at + 1], "(") ? closing(tokens, at + 1) + 1 : at + 2;
    while (isSymbol(tokens[end], ".")) end += 2;
    const unit = tokens[end];
    if (unit === undefined || !isUnit(unit)) {
      throw new Refusal("INTERVAL without a unit is not read", token.start);
    }
    const [before, behind] = intervalCall("\0", unit.value).split("\0");
    this.put(before ?? "", token);
    this.range(at + 1, end);
    this.put(behind ?? "", unit);
    return end + 1;
  }

  /** `SELECT TOP n …`: a LIMIT at the end of that query. */
  private top(at: number, to: number): number {
    const opens = isSymbol(this.tokens[at + 1], "(");
    const count = this.tokens[at + (opens ? 2 : 1)];
    const behind = at + (opens ? 4 : 2);
    if (opens && !isSymbol(this.tokens[at + 3], ")")) {
      throw new Refusal("TOP is read with a constant only", this.tokens[at]?.start);
    }
    const known = count?.kind === "number" && /^\d+$/.test(count.text);
    if (!known || isWord(this.tokens[behind], "percent", "with")) {
      throw new Refusal("TOP is read with a constant only", this.tokens[at]?.start);
    }
    const clash = this.findAtTop(behind, to, (t) => isWord(t, ...SET_OPERATORS, "limit", "offset"));
    if (clash !== undefined) {
      throw new Refusal("TOP beside a set operation or LIMIT is not read", this.tokens[at]?.start);
    }
    this.range(behind, to);
    this.put(`LIMIT ${count.text}`, this.tokens[at]);
    return to;
  }

  /** `LIMIT skip, count`. */
  private limit(at: number): number {
    const [limit, skip, comma, count] = this.tokens.slice(at, at + 4);
    if (limit === undefined || skip === undefined || count === undefined || !isSymbol(comma, ",")) {
      if (limit !== undefined) this.plain(limit);
      return at + 1;
    }
    this.plain(limit);
    this.plain(count);
    this.put("OFFSET", comma);
    this.plain(skip);
    return at + 4;
  }

  private quotient(token: Token, at: number): number {
    this.put(token.value === "mod" ? "%" : "/", token);
    if (token.value === "div") this.wholeQuotients.push(this.output.text.length - 1);
    return at + 1;
  }

  /** `AS 'name'`, which MySQL and T-SQL take. */
  private alias(at: number): number {
    const name = this.tokens[at + 1];
    if (name === undefined || (this.dialect !== "mysql" && this.dialect !== "tsql")) {
      throw new Refusal("a string as a name is not read", name?.start);
    }
    this.put("AS", this.tokens[at]);
    this.put(quotedPath(name.value, this.dialect), name);
    return at + 2;
  }

  /** The first such token between two indices that stands in no parentheses of its own. */
  private findAtTop(
    from: number,
    to: number,
    accept: (token: Token) => boolean,
  ): number | undefined {
    for (let at = from; at < to; at += 1) {
      const token = this.tokens[at];
      if (token !== undefined && accept(token)) return at;
      if (isSymbol(token, "(")) at = closing(this.tokens, at);
    }
    return undefined;
  }

  private put(text: string, source: Token | undefined): void {
    this.output.put(text, source?.start ?? 0);
  }
}

const UNIT = /^(year|quarter|month|week|day|hour|minute|second|microsecond)s?$/;

function isUnit(token: Token): boolean {
  return token.kind === "word" && UNIT.test(token.value);
}
