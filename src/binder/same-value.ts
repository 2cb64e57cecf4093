import {
  inputsOf,
  outputColumns,
  sameExpression,
  type Expression,
  type LogicalOperator,
} from "../plan/index.js";

/**
 * Whether two bound expressions are the same to GROUP BY, ORDER BY and DISTINCT (PostgreSQL's
 * equal()): their subqueries may be bound apart, with columns of their own that stand for each other.
 */
export function sameValue(a: Expression, b: Expression): boolean {
  return sameExpression(a, b) || (a.kind === b.kind && new Pairing().same(a, b));
}

/** What tells nothing about a value: where it is written, and what a table is called. */
const UNTOLD: ReadonlySet<string> = new Set(["position", "alias"]);

/** Two trees walked side by side, with the columns and WITH queries that match each other. */
class Pairing {
  readonly #columns = new Map<unknown, unknown>();
  readonly #withs = new Map<unknown, unknown>();

  same(a: unknown, b: unknown): boolean {
    if (a === b && typeof a !== "object") return true;
    if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
    if (Array.isArray(a)) {
      return Array.isArray(b) && a.length === b.length && a.every((x, i) => this.same(x, b[i]));
    }
    if (isColumn(a)) return isColumn(b) && (this.#columns.get(a.id) ?? a.id) === b.id;
    if ("plan" in a && "plan" in b) {
      const plans = [a.plan, b.plan] as readonly LogicalOperator[];
      return this.#samePlan(plans[0], plans[1]) && this.#sameParts(a, b, ["plan"]);
    }
    return this.#sameParts(a, b, []);
  }

  /** Bottom up, so that the columns of inputs are paired before what mentions them. */
  #samePlan(a: LogicalOperator | undefined, b: LogicalOperator | undefined): boolean {
    if (a === undefined || b === undefined || a.kind !== b.kind) return false;
    if (a.kind === "scan" && b.kind === "scan" && a.relation.oid !== b.relation.oid) return false;
    if (a.kind === "with" && b.kind === "with") this.#withs.set(a.cteId, b.cteId);
    if (a.kind === "cte-reference" && b.kind === "cte-reference") {
      if ((this.#withs.get(a.cteId) ?? a.cteId) !== b.cteId) return false;
    }
    const inputs = inputsOf(b);
    if (!inputsOf(a).every((input, i) => this.#samePlan(input, inputs[i]))) return false;
    const [made, others] = [outputColumns(a), outputColumns(b)];
    if (made.length !== others.length) return false;
    made.forEach((column, i) => this.#columns.set(column.id, others[i]?.id));
    return this.#sameParts(a, b, COMPARED_ALREADY);
  }

  #sameParts(a: object, b: object, but: readonly string[]): boolean {
    const told = (key: string): boolean => !UNTOLD.has(key) && !but.includes(key);
    const keys = new Set([...Object.keys(a), ...Object.keys(b)].filter(told));
    const [left, right] = [a, b] as readonly Readonly<Record<string, unknown>>[];
    return [...keys].every((key) => this.same(left?.[key], right?.[key]));
  }
}

/** Of an operator, what is compared before its own parts, and the name of a WITH query. */
const COMPARED_ALREADY = [
  "input",
  "left",
  "right",
  "definition",
  "body",
  "relation",
  "cteId",
  "name",
];

function isColumn(node: object): node is { readonly id: number } {
  return "id" in node && "physical" in node && !("kind" in node);
}
