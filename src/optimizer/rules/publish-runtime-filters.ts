import type {
  Column,
  HashAggregate,
  HashJoin,
  NestedLoopJoin,
  PhysicalOperator,
  ProjectItem,
  TableScan,
  UnionAll,
} from "../../plan/index.js";
import { mapPhysicalInputs } from "../physical/map-inputs.js";
import type { PhysicalRule } from "../rule.js";

/** A build side with more rows than this share of the probe's values drops too little. */
const USEFUL_SHARE = 0.9;

/**
 * A hash join's build keys go to the scans of its probe side while the query runs, so that rows
 * without a partner are not even decoded.
 *
 * Sound where the join drops probe rows without a match (inner, semi, right; not left, anti or
 * mark) and the key is a scan's column passed on: through filters, projections, group keys, and
 * joins that do not make up rows for it. Not through LIMIT, which counts rows: `(SELECT … LIMIT 10)`
 * joined has the same ten rows. Not through exchanges, whose other end has run by then.
 */
export const publishRuntimeFilters: PhysicalRule = {
  name: "publish-runtime-filters",
  apply(plan) {
    const publisher = new Publisher();
    const next = {
      shared: plan.shared.map((s) => ({ ...s, plan: publisher.publish(s.plan) })),
      root: publisher.publish(plan.root),
    };
    return publisher.count === 0 ? plan : next;
  },
};

const DROPPING: ReadonlySet<HashJoin["joinKind"]> = new Set([
  "inner",
  "semi",
  "right",
  "build-semi",
  "build-anti",
]);

class Publisher {
  count = 0;

  publish(plan: PhysicalOperator): PhysicalOperator {
    const next = plan.kind === "hash-join" ? this.#publishJoin(plan) : plan;
    return mapPhysicalInputs(next, (input) => this.publish(input));
  }

  #publishJoin(plan: HashJoin): HashJoin {
    const [key] = plan.keys;
    if (plan.keys.length !== 1 || key === undefined || !DROPPING.has(plan.joinKind)) return plan;
    if (key.nullsEqual || key.probe.kind !== "column") return plan;
    const filterId = this.count + 1;
    const filter: Filter = { filterId, rows: plan.build.rows };
    const probe = attach(plan.probe, key.probe.column, filter);
    if (probe === undefined) return plan;
    this.count = filterId;
    return { ...plan, probe, publishes: [{ filterId, keyIndex: 0 }] };
  }
}

interface Filter {
  readonly filterId: number;
  /** Rows of the build side. */
  readonly rows: number;
}

/** The plan with the filter at the scans that the column comes from; undefined where none can. */
function attach(
  plan: PhysicalOperator,
  column: Column,
  filter: Filter,
): PhysicalOperator | undefined {
  switch (plan.kind) {
    case "table-scan":
      return attachToScan(plan, column, filter);
    case "filter":
    case "sort":
      return over(attach(plan.input, column, filter), (input) => ({ ...plan, input }));
    case "project":
      return over(throughItems(plan.input, plan.items, column, filter), (input) => ({
        ...plan,
        input,
      }));
    case "hash-aggregate":
      return attachToAggregate(plan, column, filter);
    case "hash-join":
      return attachToJoin(plan, column, filter);
    case "nested-loop-join":
      return attachToLoop(plan, column, filter);
    case "union-all":
      return attachToUnion(plan, column, filter);
    default:
      return undefined;
  }
}

function over<T>(
  input: T | undefined,
  build: (input: T) => PhysicalOperator,
): PhysicalOperator | undefined {
  return input === undefined ? undefined : build(input);
}

function hasColumn(plan: PhysicalOperator, column: Column): boolean {
  return plan.columns.some((c) => c.id === column.id);
}

function attachToScan(plan: TableScan, column: Column, filter: Filter): TableScan | undefined {
  const index = plan.scanned.findIndex((c) => c.id === column.id);
  if (index < 0) return undefined;
  const name = plan.relation.columns[plan.ordinals[index] ?? -1]?.name ?? "";
  const distinct = plan.relation.statistics.columns.get(name)?.distinctCount;
  if (distinct !== undefined && filter.rows > distinct * USEFUL_SHARE) return undefined;
  const use = { filterId: filter.filterId, column };
  return { ...plan, runtimeFilters: [...plan.runtimeFilters, use] };
}

function throughItems(
  input: PhysicalOperator,
  items: readonly ProjectItem[],
  column: Column,
  filter: Filter,
): PhysicalOperator | undefined {
  const source = items.find((item) => item.column.id === column.id)?.expression;
  return source?.kind === "column" ? attach(input, source.column, filter) : undefined;
}

/** Groups without a partner are dropped whole, hence their rows may be. */
function attachToAggregate(
  plan: HashAggregate,
  column: Column,
  filter: Filter,
): PhysicalOperator | undefined {
  if (plan.phase !== "single") return undefined;
  return over(throughItems(plan.input, plan.keys, column, filter), (input) => ({ ...plan, input }));
}

function attachToJoin(
  plan: HashJoin,
  column: Column,
  filter: Filter,
): PhysicalOperator | undefined {
  const { joinKind } = plan;
  if (joinKind === "full") return undefined;
  if (hasColumn(plan.probe, column)) {
    if (joinKind === "right") return undefined;
    return over(attach(plan.probe, column, filter), (probe) => ({ ...plan, probe }));
  }
  const ownsBuild = joinKind === "inner" || joinKind === "right" || joinKind.startsWith("build-");
  if (!ownsBuild || !hasColumn(plan.build, column)) return undefined;
  return over(attach(plan.build, column, filter), (build) => ({ ...plan, build }));
}

function attachToLoop(
  plan: NestedLoopJoin,
  column: Column,
  filter: Filter,
): PhysicalOperator | undefined {
  if (plan.joinKind === "full") return undefined;
  if (hasColumn(plan.outer, column)) {
    return over(attach(plan.outer, column, filter), (outer) => ({ ...plan, outer }));
  }
  if (plan.joinKind !== "inner" || !hasColumn(plan.inner, column)) return undefined;
  return over(attach(plan.inner, column, filter), (inner) => ({ ...plan, inner }));
}

function attachToUnion(
  plan: UnionAll,
  column: Column,
  filter: Filter,
): PhysicalOperator | undefined {
  const index = plan.columns.findIndex((c) => c.id === column.id);
  const inputs = plan.inputs.map((input, i) => {
    const source = plan.sources[i]?.[index];
    return (source && attach(input, source, filter)) ?? input;
  });
  return inputs.some((input, i) => input !== plan.inputs[i]) ? { ...plan, inputs } : undefined;
}
