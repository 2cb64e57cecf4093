import type { SeededRandom } from "./seeded-random.js";

/** Tables of small integers, NULL among them, that random queries are made over. */
export const RANDOM_TABLES = {
  t: "a int, b int, c int",
  s: "a int not null, b int, d int",
  u: "a int, e int",
} as const;

const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  t: ["a", "b", "c"],
  s: ["a", "b", "d"],
  u: ["a", "e"],
};

/** A query whose subqueries are correlated with any level around them; the same for one seed. */
export function randomQuery(random: SeededRandom): string {
  return new QueryWriter(random).query([], 3, 2).text;
}

interface Written {
  readonly text: string;
  /** Its columns are o1, o2 … in this number. */
  readonly width: number;
}

class QueryWriter {
  #aliases = 0;

  constructor(readonly random: SeededRandom) {}

  #below(count: number): number {
    return this.random.below(count);
  }

  #oneOf<T>(items: readonly T[]): T {
    return items[this.#below(items.length)] as T;
  }

  /** `outer`: columns of the queries around. */
  query(outer: readonly string[], depth: number, width: number): Written {
    const kind = depth > 0 ? this.#below(10) : 0;
    if (kind === 9) return this.#setOperation(outer, depth - 1, width);
    const { from, columns } = this.#from(outer, depth);
    const where = this.#below(4) === 0 ? "" : ` WHERE ${this.condition(columns, outer, depth)}`;
    if (kind === 8) return this.#grouped(from + where, columns, outer, depth, width);
    const items = list(width, (i) => `${this.value(columns, outer, depth)} AS o${String(i)}`);
    const distinct = this.#below(6) === 0 ? "DISTINCT " : "";
    return { text: `SELECT ${distinct}${items} FROM ${from}${where}`, width };
  }

  #setOperation(outer: readonly string[], depth: number, width: number): Written {
    const word = this.#oneOf(["UNION", "UNION ALL", "INTERSECT", "EXCEPT", "EXCEPT ALL"]);
    const [left, right] = [this.query(outer, depth, width), this.query(outer, depth, width)];
    return { text: `(${left.text}) ${word} (${right.text})`, width };
  }

  #grouped(
    rest: string,
    columns: readonly string[],
    outer: readonly string[],
    depth: number,
    width: number,
  ): Written {
    const keys = this.#below(3) === 0 ? [] : [this.#oneOf(columns)];
    const items = list(width, (i) => {
      const key = keys[0];
      const aggregate = this.#aggregate(columns, outer, depth);
      return `${key !== undefined && i === 1 ? key : aggregate} AS o${String(i)}`;
    });
    const groupBy = keys.length === 0 ? "" : ` GROUP BY ${keys.join(", ")}`;
    const having = this.#below(3) === 0 ? ` HAVING count(*) > ${String(this.#below(3))}` : "";
    return { text: `SELECT ${items} FROM ${rest}${groupBy}${having}`, width };
  }

  #aggregate(columns: readonly string[], outer: readonly string[], depth: number): string {
    const argument = this.#below(4) === 0 ? this.value(columns, outer, 0) : this.#oneOf(columns);
    const filter = this.#below(5) === 0 ? ` FILTER (WHERE ${this.condition(columns, [], 0)})` : "";
    const all = ["count(*)", `count(${argument})`, `max(${argument})`, `min(${argument})`];
    const made = this.#oneOf([...all, `count(DISTINCT ${argument})`]) + filter;
    return depth > 1 && this.#below(6) === 0 ? `coalesce(${made}, 7)::int` : `${made}::int`;
  }

  #from(outer: readonly string[], depth: number): { from: string; columns: readonly string[] } {
    let { from, columns } = this.#item(outer, depth);
    for (let joins = this.#below(3); joins > 0; joins--) {
      const next = this.#item([...outer, ...columns], depth);
      const all = [...columns, ...next.columns];
      const on = this.#oneOf([
        `${this.#oneOf(columns)} = ${this.#oneOf(next.columns)}`,
        this.condition(all, outer, Math.min(depth - 1, 1)),
      ]);
      const isFull = this.#below(8) === 0 && !next.isLateral;
      const word = isFull ? "FULL" : this.#oneOf(["JOIN", "LEFT JOIN", "LEFT JOIN"]);
      const equality = `${this.#oneOf(columns)} = ${this.#oneOf(next.columns)}`;
      from = isFull
        ? `${from} FULL JOIN ${next.from} ON ${equality}`
        : `${from} ${word} ${next.from} ON ${on}`;
      columns = all;
    }
    return { from, columns };
  }

  #item(
    outer: readonly string[],
    depth: number,
  ): { from: string; columns: readonly string[]; isLateral: boolean } {
    this.#aliases += 1;
    const alias = `x${String(this.#aliases)}`;
    if (depth > 1 && this.#below(4) === 0) {
      const isLateral = outer.length > 0 && this.#below(2) === 0;
      const inner = this.query(isLateral ? outer : [], depth - 2, 2);
      const word = isLateral ? "LATERAL " : "";
      const columns = [`${alias}.o1`, `${alias}.o2`];
      return { from: `${word}(${inner.text}) ${alias}`, columns, isLateral };
    }
    const table = this.#oneOf(Object.keys(COLUMNS));
    const columns = (COLUMNS[table] ?? []).map((column) => `${alias}.${column}`);
    return { from: `${table} ${alias}`, columns, isLateral: false };
  }

  value(columns: readonly string[], outer: readonly string[], depth: number): string {
    const choice = this.#below(depth > 0 ? 9 : 6);
    if (choice >= 7) return this.#scalar([...outer, ...columns], depth);
    if (choice === 6) {
      const [when, then] = [this.condition(columns, outer, 0), this.#oneOf(columns)];
      return `CASE WHEN ${when} THEN ${then} ELSE ${String(this.#below(4))} END`;
    }
    if (choice === 5) return `coalesce(${this.#oneOf(columns)}, ${String(this.#below(4))})`;
    if (choice === 4) return String(this.#below(4));
    return choice === 3 && outer.length > 0 ? this.#oneOf(outer) : this.#oneOf(columns);
  }

  /** The value of a query that has at most one row: an aggregate, or LIMIT 1 over one column. */
  #scalar(outer: readonly string[], depth: number): string {
    const { from, columns } = this.#from(outer, depth - 1);
    const where = ` WHERE ${this.condition(columns, outer, depth - 1)}`;
    if (this.#below(4) > 0) {
      return `(SELECT ${this.#aggregate(columns, outer, depth)} FROM ${from}${where})`;
    }
    const column = this.#oneOf(columns);
    return `(SELECT ${column} FROM ${from}${where} ORDER BY ${column} LIMIT 1)`;
  }

  condition(columns: readonly string[], outer: readonly string[], depth: number): string {
    const inner = (): string => this.condition(columns, outer, depth - 1);
    const choice = this.#below(depth > 0 ? 12 : 6);
    const [a, b] = [this.value(columns, outer, 0), this.value(columns, outer, 0)];
    const compare = this.#oneOf(["=", "=", "<", "<>", ">=", "IS NOT DISTINCT FROM"]);
    switch (choice) {
      case 4:
        return `${a} IS ${this.#oneOf(["", "NOT "])}NULL`;
      case 5:
        return `${a} IN (1, 2)`;
      case 6:
        return `(${inner()} AND ${inner()})`;
      case 7:
        return `(${inner()} OR ${inner()})`;
      case 8:
        return `NOT (${inner()})`;
      case 9:
        return `${this.#oneOf(["", "NOT "])}EXISTS (${this.query([...outer, ...columns], depth - 1, 1).text})`;
      case 10: {
        const word = this.#oneOf(["IN", "NOT IN", "= ANY", "> ALL", "<> ANY"]);
        return `${a} ${word} (${this.query([...outer, ...columns], depth - 1, 1).text})`;
      }
      case 11:
        return `${a} ${compare} ${this.#scalar([...outer, ...columns], depth)}`;
      default:
        return `${a} ${compare} ${b}`;
    }
  }
}

function list(count: number, item: (index: number) => string): string {
  return Array.from({ length: count }, (_, i) => item(i + 1)).join(", ");
}
