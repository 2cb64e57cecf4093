/**
 * Each optimizer rule has a statement in its own plan file that it changes the plan of, one that it
 * must leave alone, and rows that would differ if it were wrong. What fires is asked of the
 * optimizer itself, over the fixtures' tables.
 */
import type { CatalogSnapshot } from "../../catalog/index.js";
import { SqlError } from "../../errors/index.js";
import { snapshotOf } from "../bind-fixture.js";
import { planText } from "../plan-fixture.js";
import { tpchSnapshot } from "../tpch-catalog.js";
import { believer } from "./believer.js";
import { fixtureTables, recordedBlocks, type RecordedBlock } from "./slt-statements.js";
import type { SourceFile } from "./source-tree.js";

const TESTS = "sql-tests/plans/";

/** `rule: what its plan file lacks`, for the rules that have one. `initParser` has been awaited. */
export function rulesWithoutCases(
  tree: readonly SourceFile[],
  rules: readonly string[],
): readonly string[] {
  const catalog = fixtureCatalog(tree);
  return rules.flatMap((rule) => {
    const file = tree.find(({ path }) => path === `${TESTS}${rule}.slt`);
    if (file === undefined) return [`${rule}: lacks ${TESTS}${rule}.slt`];
    const blocks = recordedBlocks(file).map((block) => ({
      block,
      fired: firedRules(block, catalog),
    }));
    const plans = blocks.filter(({ block }) => block.directive === "explain");
    const answers = blocks.filter(({ block }) => block.directive === "query");
    const fires = (one: (typeof blocks)[number]): boolean => one.fired?.includes(rule) === true;
    const rests = (one: (typeof blocks)[number]): boolean => one.fired?.includes(rule) === false;
    const lacks = [
      ...(plans.some(fires) ? [] : ["a plan where it fires"]),
      ...(plans.some(rests) ? [] : ["a plan where it does not"]),
      ...(answers.some(fires) ? [] : ["rows where it fires"]),
    ];
    return lacks.length === 0 ? [] : [`${rule}: lacks ${lacks.join(", ")}`];
  });
}

/** Rules that change the block's plan; undefined where it is not a query over the fixtures. */
function firedRules(block: RecordedBlock, catalog: CatalogSnapshot): readonly string[] | undefined {
  try {
    return planText(block.sql, catalog, {}, believer).firedRules;
  } catch (error) {
    if (error instanceof SqlError || /^not a query/.test(String((error as Error).message))) {
      return undefined;
    }
    throw error;
  }
}

/** Tables of the fixtures and of TPC-H, with and without their schemas. */
function fixtureCatalog(tree: readonly SourceFile[]): CatalogSnapshot {
  const tables = Object.entries(fixtureTables(tree)).map(
    ([name, columns]) => [name.replace(/^data\./, ""), columns] as const,
  );
  const fixtures = snapshotOf(Object.fromEntries(tables));
  const tpch = tpchSnapshot();
  return {
    ...fixtures,
    relation: ({ name }) => {
      const found = { schema: "public", name };
      return fixtures.relation(found) ?? tpch.relation(found);
    },
  };
}
