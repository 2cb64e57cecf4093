import type { SeededRandom } from "../../src/testing/seeded-random.js";
import { AGGREGATES, CONSTANTS, KINDS, TABLES, TEMPLATES, type Kind } from "./templates.js";

interface ScopeColumn {
  readonly sql: string;
  readonly kind: Kind;
}

interface Item {
  readonly sql: string;
  readonly kind: Kind;
}

interface From {
  readonly sql: string;
  readonly columns: readonly ScopeColumn[];
}

/** Kinds whose equal values print alike: keys of groups, of DISTINCT and of an order with LIMIT. */
const PLAIN: readonly Kind[] = ["int", "bigint", "text", "date", "timestamp", "bool"];

/** A random query over the fixtures whose rows, sorted, are settled; the same for one seed. */
export function writeQuery(random: SeededRandom): string {
  return new QueryWriter(random).statement();
}

class QueryWriter {
  #aliases = 0;

  constructor(readonly random: SeededRandom) {}

  statement(): string {
    const kinds = this.#kinds(1 + this.#below(4));
    const isOrdered = this.#below(3) === 0;
    if (isOrdered) return this.#ordered(kinds.map(plain));
    return this.#below(6) === 0 ? this.#withTable(kinds) : this.#query(kinds, [], 2);
  }

  /** With every column in the order, rows that tie are alike, and LIMIT is settled. */
  #ordered(kinds: readonly Kind[]): string {
    const body = this.#query(kinds, [], 2);
    const keys = kinds.map((_, i) => `${String(i + 1)}${this.#oneOf(["", "", " DESC"])}`);
    const nulls = this.#oneOf(["", " NULLS FIRST", " NULLS LAST"]);
    const limit = this.#oneOf(["", ` LIMIT ${this.#small()}`, ` OFFSET ${this.#small()}`]);
    return `SELECT * FROM (${body}) q ORDER BY ${keys.join(", ")}${nulls}${limit}`;
  }

  #withTable(kinds: readonly Kind[]): string {
    const inner = this.#query(kinds, [], 1);
    const names = kinds.map((_, i) => `c${String(i + 1)}`).join(", ");
    const other = this.#oneOf(["", " WHERE c1 IS NOT NULL", " UNION ALL SELECT * FROM w"]);
    return `WITH w(${names}) AS (${inner}) SELECT * FROM w${other}`;
  }

  /** A query whose columns o1, o2 … have the kinds; `outer`: columns of the queries around. */
  #query(kinds: readonly Kind[], outer: readonly ScopeColumn[], depth: number): string {
    const choice = depth > 0 ? this.#below(10) : 9;
    if (choice === 0) return this.#setOperation(kinds, outer, depth - 1);
    if (choice <= 3) return this.#grouped(kinds, depth);
    const { sql, columns } = this.#from(depth);
    const scope = [...columns, ...columns, ...outer];
    const where = this.#where(scope, depth);
    const isDistinct = kinds.every((kind) => PLAIN.includes(kind)) && this.#below(6) === 0;
    const items = kinds.map((kind) => this.#value(kind, scope, depth));
    return `SELECT ${isDistinct ? "DISTINCT " : ""}${named(items)} FROM ${sql}${where}`;
  }

  #setOperation(kinds: readonly Kind[], outer: readonly ScopeColumn[], depth: number): string {
    const words = kinds.every((kind) => PLAIN.includes(kind))
      ? ["UNION", "UNION ALL", "INTERSECT", "EXCEPT", "INTERSECT ALL", "EXCEPT ALL"]
      : ["UNION ALL"];
    const [left, right] = [this.#query(kinds, outer, depth), this.#query(kinds, outer, depth)];
    return `(${left}) ${this.#oneOf(words)} (${right})`;
  }

  #grouped(kinds: readonly Kind[], depth: number): string {
    const { sql, columns } = this.#from(depth);
    const where = this.#where(columns, depth);
    const wanted = this.#below(3) === 0 ? [] : [this.#oneOf(PLAIN), this.#oneOf(PLAIN)];
    const keys = wanted
      .slice(0, 1 + this.#below(2))
      .map((kind) => ({ kind, sql: this.#value(kind, columns, 0, columns) }));
    const settled = keys.filter(({ sql: key }) => columns.some((column) => key === column.sql));
    const items = kinds.map((kind) => this.#aggregated(kind, columns, settled, depth));
    const groupBy =
      settled.length === 0 ? "" : ` GROUP BY ${settled.map((key) => key.sql).join(", ")}`;
    const having = this.#below(4) === 0 ? ` HAVING count(*) > ${String(this.#below(3))}` : "";
    return `SELECT ${named(items)} FROM ${sql}${where}${groupBy}${having}`;
  }

  /** A value of one group: a key, an aggregate, or an expression over them. */
  #aggregated(
    kind: Kind,
    columns: readonly ScopeColumn[],
    keys: readonly Item[],
    depth: number,
  ): string {
    const own = keys.filter((key) => key.kind === kind);
    if (own.length > 0 && this.#below(2) === 0) return this.#oneOf(own).sql;
    const templates = AGGREGATES[kind];
    if (templates === undefined) return `NULL::${sqlType(kind)}`;
    const isExtreme = (template: string): boolean => /^(min|max)/.test(template);
    const template = this.#oneOf(templates);
    const filter =
      this.#below(5) === 0 && !template.startsWith("round")
        ? ` FILTER (WHERE ${this.#value("bool", columns, Math.min(depth, 1))})`
        : "";
    const made = this.#fill(template, columns, isExtreme(template) ? 0 : Math.min(depth, 1));
    // Texts that tie in the order must be alike: it is the order of the text itself.
    return made.replace(/^string_agg\((.*), ','\)$/s, "string_agg($1, ',' ORDER BY $1)") + filter;
  }

  #where(scope: readonly ScopeColumn[], depth: number): string {
    return this.#below(3) === 0 ? "" : ` WHERE ${this.#value("bool", scope, depth)}`;
  }

  #from(depth: number): From {
    let { sql, columns } = this.#relation(depth);
    for (let joins = this.#below(3); joins > 0; joins -= 1) {
      const next = this.#relation(depth);
      const all = [...columns, ...next.columns];
      const equality = this.#equality(columns, next.columns);
      const on = this.#below(4) === 0 ? `${equality} AND ${this.#value("bool", all, 1)}` : equality;
      const word = this.#oneOf(["JOIN", "JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"]);
      const isFull = word === "FULL JOIN";
      sql = `${sql} ${word} ${next.sql} ON ${isFull ? equality : on}`;
      columns = all;
    }
    return { sql, columns };
  }

  /** Every fixture has an int to join by. */
  #equality(left: readonly ScopeColumn[], right: readonly ScopeColumn[]): string {
    const ints = (columns: readonly ScopeColumn[]): readonly ScopeColumn[] =>
      columns.filter(({ kind }) => kind === "int");
    const [a, b] = [ints(left), ints(right)];
    if (a.length === 0 || b.length === 0) return "1 = 1";
    return `${this.#oneOf(a).sql} = ${this.#oneOf(b).sql}`;
  }

  #relation(depth: number): From {
    this.#aliases += 1;
    const alias = `x${String(this.#aliases)}`;
    if (depth > 1 && this.#below(5) === 0) {
      const kinds: readonly Kind[] = ["int", ...this.#kinds(1 + this.#below(2))];
      const columns = kinds.map((kind, i) => ({ sql: `${alias}.o${String(i + 1)}`, kind }));
      return { sql: `(${this.#query(kinds, [], depth - 2)}) ${alias}`, columns };
    }
    const name = this.#oneOf(Object.keys(TABLES));
    const columns = Object.entries(TABLES[name] ?? {}).map(([column, kind]) => ({
      sql: `${alias}.${column}`,
      kind,
    }));
    return { sql: `${name} ${alias}`, columns };
  }

  /** An expression of the kind; `only` keeps it to columns and constants. */
  #value(
    kind: Kind,
    scope: readonly ScopeColumn[],
    depth: number,
    only?: readonly ScopeColumn[],
  ): string {
    const own = scope.filter((column) => column.kind === kind);
    const choice = this.#below(12);
    if (only === undefined && depth > 0 && choice >= 4) {
      if (choice === 11 && depth > 1) return this.#subquery(kind, scope, depth);
      return this.#fill(this.#oneOf(TEMPLATES[kind]), scope, depth - 1);
    }
    if (own.length > 0 && choice !== 0) return this.#oneOf(own).sql;
    return this.#oneOf(CONSTANTS[kind]);
  }

  /** A subquery in an expression, mostly correlated. */
  #subquery(kind: Kind, scope: readonly ScopeColumn[], depth: number): string {
    const outer = this.#below(4) === 0 ? [] : scope;
    if (kind === "bool") {
      const word = this.#oneOf(["EXISTS", "NOT EXISTS"]);
      if (this.#below(2) === 0) return `(${word} (${this.#query(["int"], outer, depth - 2)}))`;
      const test = this.#oneOf(["IN", "NOT IN", "= ANY", "> ALL"]);
      const left = this.#value("int", scope, 0);
      return `(${left} ${test} (${this.#query(["int"], outer, depth - 2)}))`;
    }
    const { sql, columns } = this.#from(0);
    const correlation = outer.length === 0 ? "" : ` WHERE ${this.#equality(columns, outer)}`;
    return `(SELECT ${this.#aggregated(kind, columns, [], 0)} FROM ${sql}${correlation})`;
  }

  #fill(template: string, scope: readonly ScopeColumn[], depth: number): string {
    return template.replace(/\{(\w+)\}/g, (_, name: string) =>
      name === "n" ? this.#small() : this.#value(name as Kind, scope, depth),
    );
  }

  #kinds(count: number): Kind[] {
    return Array.from({ length: count }, () => this.#oneOf(KINDS));
  }

  #small(): string {
    return String(this.#below(6));
  }

  #below(count: number): number {
    return this.random.below(count);
  }

  #oneOf<T>(items: readonly T[]): T {
    return items[this.#below(items.length)] as T;
  }
}

function plain(kind: Kind): Kind {
  return PLAIN.includes(kind) ? kind : "text";
}

function named(items: readonly string[]): string {
  return items.map((item, i) => `${item} AS o${String(i + 1)}`).join(", ");
}

function sqlType(kind: Kind): string {
  return kind === "float" ? "float8" : kind;
}
