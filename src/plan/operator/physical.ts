import { unreachable } from "../../errors/index.js";
import type { Column } from "../column.js";
import type { AggregateCall, Expression, SortKey } from "../expression/index.js";
import type { JoinKind, ProjectItem, SetCall, SetOperationKind } from "./logical.js";
import type { FileRelation } from "./relation.js";

/** Estimates and identity every physical operator carries; `id` numbers the nodes of EXPLAIN. */
interface PhysicalBase {
  readonly id: number;
  readonly rows: number;
  readonly cost: number;
  /** Output columns in order. */
  readonly columns: readonly Column[];
}

/** A join's build keys, published to scans of the probe side while the query runs. */
export interface RuntimeFilterUse {
  readonly filterId: number;
  readonly column: Column;
}

export interface TableScan extends PhysicalBase {
  readonly kind: "table-scan";
  readonly relation: FileRelation;
  readonly alias: string;
  /** All columns read, for output or for conditions; ordinals into relation.columns. */
  readonly scanned: readonly Column[];
  readonly ordinals: readonly number[];
  /** Conjuncts over `scanned`; those over one column and literals also prune by statistics. */
  readonly conditions: readonly Expression[];
  readonly runtimeFilters: readonly RuntimeFilterUse[];
}

export interface PhysicalValues extends PhysicalBase {
  readonly kind: "values";
  readonly tuples: readonly (readonly Expression[])[];
}

/** `columns`: some of the input's, then those of the sets, then the number of the row. */
export interface PhysicalProjectSet extends PhysicalBase {
  readonly kind: "project-set";
  readonly input: PhysicalOperator;
  readonly sets: readonly SetCall[];
  readonly ordinality: Column | null;
  readonly keepsEmpty: boolean;
  readonly alias: string | null;
}

export interface PhysicalFilter extends PhysicalBase {
  readonly kind: "filter";
  readonly input: PhysicalOperator;
  readonly condition: Expression;
}

export interface PhysicalProject extends PhysicalBase {
  readonly kind: "project";
  readonly input: PhysicalOperator;
  readonly items: readonly ProjectItem[];
}

/**
 * `probe` streams, `build` is materialized first. joinKind speaks of (probe, build): left keeps
 * probe rows, right keeps build rows; semi/anti/mark/single answer per probe row; `build-semi` and
 * `build-anti` put out build rows that (do not) have a match.
 */
export interface HashJoin extends PhysicalBase {
  readonly kind: "hash-join";
  readonly joinKind: JoinKind | "build-semi" | "build-anti";
  readonly probe: PhysicalOperator;
  readonly build: PhysicalOperator;
  readonly keys: readonly {
    readonly probe: Expression;
    readonly build: Expression;
    /** IS NOT DISTINCT FROM: NULL matches NULL. */
    readonly nullsEqual: boolean;
    /** Mark joins: NULL on either side makes the mark unknown instead of false. */
    readonly unknownOnNull: boolean;
  }[];
  /** Further condition over both sides, part of the match; null if none. */
  readonly residual: Expression | null;
  readonly mark: Column | null;
  /** Build keys believed unique: one match at most; checked when the table is built. */
  readonly buildUnique: boolean;
  /** keys[keyIndex] is published under filterId. */
  readonly publishes: readonly { readonly filterId: number; readonly keyIndex: number }[];
}

/** Joins without an equality; `inner` is materialized, joinKind speaks of (outer, inner). */
export interface NestedLoopJoin extends PhysicalBase {
  readonly kind: "nested-loop-join";
  readonly joinKind: JoinKind;
  readonly outer: PhysicalOperator;
  readonly inner: PhysicalOperator;
  readonly condition: Expression | null;
  readonly mark: Column | null;
}

/**
 * partial puts out keys and states, final merges states of equal keys, single does both at once.
 * DISTINCT aggregates are planned away before (two levels of grouping).
 */
export interface HashAggregate extends PhysicalBase {
  readonly kind: "hash-aggregate";
  readonly phase: "single" | "partial" | "final";
  readonly input: PhysicalOperator;
  readonly keys: readonly ProjectItem[];
  readonly aggregates: readonly { readonly column: Column; readonly call: AggregateCall }[];
  readonly estimatedGroups: number;
  /** Of a partial one: the columns that its states lead to; an overload is chosen by its result. */
  readonly results: readonly Column[];
}

/**
 * string_agg: one row a group, its keys and its text. Columns of the input are `keyCount` keys, the
 * value, the delimiter, and what `orderBy` speaks of.
 */
export interface StringAggregate extends PhysicalBase {
  readonly kind: "string-aggregate";
  readonly input: PhysicalOperator;
  readonly keyCount: number;
  readonly orderBy: readonly SortKey[];
}

export interface PhysicalSort extends PhysicalBase {
  readonly kind: "sort";
  readonly input: PhysicalOperator;
  readonly keys: readonly SortKey[];
}

/** Sort that keeps `limit` rows after skipping `offset`. */
export interface TopN extends PhysicalBase {
  readonly kind: "top-n";
  readonly input: PhysicalOperator;
  readonly keys: readonly SortKey[];
  readonly limit: bigint;
  readonly offset: bigint;
  readonly withTies: boolean;
}

export interface PhysicalLimit extends PhysicalBase {
  readonly kind: "limit";
  readonly input: PhysicalOperator;
  readonly limit: bigint | null;
  readonly offset: bigint;
}

export interface UnionAll extends PhysicalBase {
  readonly kind: "union-all";
  /** sources[i][j] is the column of inputs[i] that becomes columns[j]. */
  readonly inputs: readonly PhysicalOperator[];
  readonly sources: readonly (readonly Column[])[];
}

/** INTERSECT and EXCEPT, with multiplicities where `all`. */
export interface PhysicalSetOperation extends PhysicalBase {
  readonly kind: "set-operation";
  readonly operation: Exclude<SetOperationKind, "union">;
  readonly all: boolean;
  readonly left: PhysicalOperator;
  readonly right: PhysicalOperator;
  readonly leftColumns: readonly Column[];
  readonly rightColumns: readonly Column[];
}

export type Distribution =
  | { readonly kind: "single" }
  | { readonly kind: "broadcast" }
  | { readonly kind: "hash"; readonly keys: readonly Column[]; readonly partitions: number };

/** One row a distinct value of `keys`, the first in `orderBy`. */
export interface PhysicalDistinctOn extends PhysicalBase {
  readonly kind: "distinct-on";
  readonly input: PhysicalOperator;
  readonly keys: readonly Expression[];
  readonly orderBy: readonly SortKey[];
}

/** The stretch of each partition that LIMIT and OFFSET keep: literals or columns of the input. */
export interface PhysicalPartitionLimit extends PhysicalBase {
  readonly kind: "partition-limit";
  readonly input: PhysicalOperator;
  readonly keys: readonly Expression[];
  readonly orderBy: readonly SortKey[];
  readonly limit: bigint | Column | null;
  readonly offset: bigint | Column;
  readonly withTies: boolean;
}

/** Moves rows between fragments; the cut. */
export interface Exchange extends PhysicalBase {
  readonly kind: "exchange";
  readonly input: PhysicalOperator;
  readonly distribution: Distribution;
}

/** Reads a plan that several places share; it is computed once. columns[i] is fresh for sources[i]. */
export interface SharedScan extends PhysicalBase {
  readonly kind: "shared-scan";
  readonly sharedId: number;
  readonly sources: readonly Column[];
}

export type PhysicalOperator =
  | TableScan
  | PhysicalValues
  | PhysicalFilter
  | PhysicalProject
  | PhysicalProjectSet
  | HashJoin
  | NestedLoopJoin
  | HashAggregate
  | StringAggregate
  | PhysicalSort
  | TopN
  | PhysicalLimit
  | UnionAll
  | PhysicalSetOperation
  | PhysicalDistinctOn
  | PhysicalPartitionLimit
  | Exchange
  | SharedScan;

/** Direct inputs of a physical operator, probe and outer sides first. */
export function physicalInputs(plan: PhysicalOperator): readonly PhysicalOperator[] {
  switch (plan.kind) {
    case "table-scan":
    case "values":
    case "shared-scan":
      return [];
    case "filter":
    case "project":
    case "project-set":
    case "hash-aggregate":
    case "string-aggregate":
    case "sort":
    case "top-n":
    case "limit":
    case "distinct-on":
    case "partition-limit":
    case "exchange":
      return [plan.input];
    case "hash-join":
      return [plan.probe, plan.build];
    case "nested-loop-join":
      return [plan.outer, plan.inner];
    case "union-all":
      return plan.inputs;
    case "set-operation":
      return [plan.left, plan.right];
    default:
      return unreachable(plan);
  }
}

/** A whole physical plan: shared subplans in dependency order, then the root. */
export interface PhysicalPlan {
  readonly shared: readonly { readonly sharedId: number; readonly plan: PhysicalOperator }[];
  readonly root: PhysicalOperator;
}
