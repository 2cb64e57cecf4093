import type { CatalogSnapshot } from "../catalog/index.js";
import { SqlError } from "../errors/index.js";
import { buildQuery } from "../fragments/index.js";
import { OPTIONAL_RULES } from "../optimizer/index.js";
import type { BoundQuery, ConstantEvaluator } from "../plan/index.js";
import { bindText, contextFor, snapshotOf, textReader } from "./bind-fixture.js";
import { planBound } from "./plan-fixture.js";
import { RANDOM_TABLES } from "./random-query.js";
import { evaluateExpression, type Row, type Value } from "./reference-expression.js";
import { LogicalReference, type Tables } from "./reference-logical.js";
import { PhysicalReference } from "./reference-physical.js";
import { SeededRandom } from "./seeded-random.js";

/** The tables of random queries and one of texts. `initParser` must have been awaited. */
function equivalenceCatalog(): CatalogSnapshot {
  return snapshotOf({ ...RANDOM_TABLES, w: "x int not null, y text" });
}

/** Reads constants as the catalog's fixture does, and computes with the reference. */
export const referenceEvaluator: ConstantEvaluator = {
  evaluate(expression, settings) {
    const reads =
      expression.kind === "call" &&
      expression.op.startsWith("cast_") &&
      expression.args[0]?.physical.kind === "text";
    if (reads) return textReader.evaluate(expression, settings);
    const value = evaluateExpression(expression, new Map(), () => []);
    if (typeof value === "boolean") return value ? "t" : "f";
    return value === null ? null : String(value);
  },
};

function randomTables(random: SeededRandom): Tables {
  const integer = (nullable: boolean): Value =>
    nullable && random.below(4) === 0 ? null : random.below(4);
  const rows = (most: number, row: () => readonly Value[]): readonly (readonly Value[])[] =>
    Array.from({ length: random.below(most) }, row);
  const texts = ["a", "ab", "b", null] as const;
  return {
    t: rows(6, () => [integer(true), integer(true), integer(true)]),
    s: rows(6, () => [integer(false), integer(true), integer(true)]),
    u: rows(5, () => [integer(true), integer(true)]),
    w: rows(4, () => [integer(false), texts[random.below(texts.length)] ?? null]),
  };
}

/** All rules, or all but a random part of the optional ones. */
function randomRules(random: SeededRandom): ReadonlySet<string> {
  const share = [0, 4, 2][random.below(3)] ?? 0;
  return new Set(share === 0 ? [] : OPTIONAL_RULES.filter(() => random.below(share) === 0));
}

/**
 * Runs a query as bound, as optimized and as physically planned over random tables, with random
 * rules switched off, by the reference. Answers what differs, with what is needed to see it again;
 * undefined where nothing does. An error that the bound plan raises may be avoided, not added.
 */
export function differenceOf(sql: string, seed: number): string | undefined {
  const random = new SeededRandom(seed);
  const tables = randomTables(random);
  const disabledRules = randomRules(random);
  const exchange = (["auto", "always", "never"] as const)[random.below(3)] ?? "auto";
  const catalog = equivalenceCatalog();
  const { query } = bindText(sql, catalog);
  const expected = attempt(() => new LogicalReference(tables).run(query.plan, new Map()), query);
  const settings = { disabledRules, exchange };
  const planned = planBound(query, catalog, settings, referenceEvaluator);
  const logical = attempt(
    () => new LogicalReference(tables).run(planned.logical, new Map()),
    query,
  );
  const physical = attempt(() => new PhysicalReference(tables).runPlan(planned.plan), query);
  const columns = query.outputs.map((output) => output.column);
  const evaluation = contextFor(catalog).settings;
  buildQuery(
    planned.plan,
    { ...evaluation, vectorSize: 0, threads: 0 },
    { columns, formats: columns.map(() => 0) },
  );
  if (expected === FAILED || (expected === logical && expected === physical)) return undefined;
  return [
    `seed ${String(seed)}: ${sql}`,
    `rules off: ${[...disabledRules].join(", ")}; exchange ${exchange}`,
    `tables: ${JSON.stringify(tables)}`,
    `bound:    ${expected}`,
    `logical:  ${logical}`,
    `physical: ${physical}`,
  ].join("\n");
}

const FAILED = "an error";

/** The rows as text in sorted order. */
function attempt(run: () => readonly Row[], query: BoundQuery): string {
  try {
    const rows = run().map((row) =>
      JSON.stringify(query.outputs.map(({ column }) => rounded(row.get(column.id)))),
    );
    return rows.sort().join(" ");
  } catch (error) {
    if (error instanceof SqlError && !error.sqlstate.startsWith("XX")) return FAILED;
    throw error;
  }
}

/** Averages come out in other orders of adding. */
function rounded(value: Value | undefined): Value | undefined {
  return typeof value === "number" ? Math.round(value * 1e6) / 1e6 : value;
}
