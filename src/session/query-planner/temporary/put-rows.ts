import { tableShapeBytes, type ShapeColumn } from "../../../fragments/index.js";
import type { BoundQuery } from "../../../plan/index.js";
import type { StatementContext } from "../../planner.js";
import type { Segment, TemporaryRelations, TemporaryTable } from "../../temporary/index.js";
import { QueryStream } from "../query-stream.js";
import { compileInto, optimized, startRun, type PlanningServices } from "../services.js";

/** What a table is to the engine. */
export interface TableForm {
  readonly name: string;
  readonly columns: readonly ShapeColumn[];
}

/**
 * Runs a query whose rows become a segment; null where there are none. `bind` is asked again where
 * files changed before a row was read.
 */
export async function putRows(
  table: TableForm,
  bind: (again: boolean) => Promise<BoundQuery>,
  context: StatementContext,
  services: PlanningServices,
): Promise<Segment | null> {
  const { tables } = services;
  const shape = tableShapeBytes(table.name, table.columns);
  let number: number | undefined;
  const discard = (): void => {
    if (number !== undefined) tables.drop(number);
    number = undefined;
  };
  const stream = new QueryStream(
    async (again) => {
      const bound = await bind(again);
      discard();
      number = tables.open(shape);
      const { plan } = optimized(bound, context, services.evaluator);
      return startRun(compileInto(bound, plan, number), false, context, services);
    },
    () => undefined,
    context,
  );
  try {
    await stream.next();
    const put = number;
    const rowCount = put === undefined ? 0 : tables.finish(put);
    if (put === undefined || rowCount === 0) {
      discard();
      return null;
    }
    return { number: put, rowCount };
  } catch (error) {
    discard();
    throw error;
  } finally {
    await stream.close();
  }
}

/** Rows of segments that are merged, at most: what a scan hands to one worker at a time. */
const MOST_MERGED_ROWS = 65_536;

/**
 * Puts a segment behind a table's rows. Small neighbours become one, so that rows put in one by one
 * are read in as many pieces as their number has digits.
 */
export async function appendSegment(
  table: TemporaryTable,
  segment: Segment,
  temporary: TemporaryRelations,
  { tables }: PlanningServices,
): Promise<void> {
  const segments = [...table.segments, segment];
  temporary.hold(segment);
  let merged = segment;
  let count = 1;
  for (let at = segments.length - 2; at >= 0; at--) {
    const before = segments[at];
    if (before === undefined || before.rowCount > 2 * merged.rowCount) break;
    if (before.rowCount + merged.rowCount > MOST_MERGED_ROWS) break;
    merged = { number: 0, rowCount: before.rowCount + merged.rowCount };
    count += 1;
  }
  if (count > 1) {
    const gone = segments.splice(segments.length - count, count);
    const number = await tables.merge(gone.map((each) => each.number));
    const whole = { number, rowCount: merged.rowCount };
    temporary.hold(whole);
    segments.push(whole);
  }
  temporary.replace(table, segments);
}
