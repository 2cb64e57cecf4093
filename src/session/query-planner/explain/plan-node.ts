import { unreachable } from "../../../errors/index.js";
import {
  physicalInputs,
  type Column,
  type HashAggregate,
  type HashJoin,
  type NestedLoopJoin,
  type PhysicalOperator,
  type PhysicalPlan,
} from "../../../plan/index.js";
import { TYPE_FACTS } from "../../../types/index.js";
import { aggregateText, expressionText, sortKeyText, type ColumnNames } from "./expression-text.js";

export type Property = readonly [label: string, value: string | number | readonly string[]];

/** An operator as EXPLAIN shows it, in any format. */
export interface PlanNode {
  readonly id: number;
  /** As text calls it: "Hash Left Join". */
  readonly name: string;
  /** As structured formats do: node type, join type, strategy. */
  readonly kind: readonly Property[];
  /** What it reads, in text: " on orders o". */
  readonly target: string;
  /** The same for structured formats. */
  readonly subject: readonly Property[];
  readonly cost: number;
  readonly rows: number;
  readonly width: number;
  readonly output: readonly string[];
  readonly properties: readonly Property[];
  /** A shared plan's heading, such as "CTE 1". */
  readonly heading: string | null;
  readonly children: readonly PlanNode[];
}

/** What a value of a type without a size is taken to take. */
const UNKNOWN_WIDTH = 32;

/** The plan as nodes; plans that several places share come first under the root. */
export function planNodes(plan: PhysicalPlan): PlanNode {
  const qualified = relationCount(plan) > 1;
  const owners = new Map<number, string>();
  const operators = [...plan.shared.map((shared) => shared.plan), plan.root];
  for (const operator of operators) collectOwners(operator, owners);
  const names: ColumnNames = ({ id, name }) => {
    const owner = owners.get(id);
    return qualified && owner !== undefined ? `${owner}.${name}` : name;
  };
  const root = nodeOf(plan.root, names);
  const shared = plan.shared.map((one) => {
    return { ...nodeOf(one.plan, names), heading: `CTE ${String(one.sharedId)}` };
  });
  return { ...root, children: [...shared, ...root.children] };
}

function relationCount(plan: PhysicalPlan): number {
  const count = (operator: PhysicalOperator): number =>
    physicalInputs(operator).reduce(
      (sum, input) => sum + count(input),
      operator.kind === "table-scan" ? 1 : 0,
    );
  return plan.shared.reduce((sum, shared) => sum + count(shared.plan), count(plan.root));
}

function collectOwners(operator: PhysicalOperator, owners: Map<number, string>): void {
  if (operator.kind === "table-scan") {
    for (const { id } of operator.scanned) owners.set(id, operator.alias);
  }
  for (const input of physicalInputs(operator)) collectOwners(input, owners);
}

function nodeOf(operator: PhysicalOperator, names: ColumnNames): PlanNode {
  const {
    name,
    kind = [["Node Type", name]],
    target = "",
    ...described
  } = describe(operator, names);
  const { subject = [], properties = [] } = described;
  const width = operator.columns.reduce((sum, { type: { name } }) => {
    const { size } = TYPE_FACTS[name];
    return sum + (size > 0 ? size : UNKNOWN_WIDTH);
  }, 0);
  return {
    id: operator.id,
    name,
    kind,
    target,
    subject,
    cost: operator.cost,
    rows: operator.rows,
    width,
    output: operator.columns.map(names),
    properties: properties.filter(([, value]) => typeof value === "number" || value.length > 0),
    heading: null,
    children:
      isResult(operator) || isFunctionScan(operator)
        ? []
        : physicalInputs(operator).map((input) => nodeOf(input, names)),
  };
}

/** Whether it is what PostgreSQL calls Result: values worked out over no relation. */
function isResult(operator: PhysicalOperator): boolean {
  if (operator.kind === "project") return isResult(operator.input);
  return operator.kind === "values" && operator.columns.length === 0;
}

/** Whether it is what PostgreSQL calls Function Scan: functions in FROM that read nothing beside. */
function isFunctionScan(operator: PhysicalOperator): boolean {
  return operator.kind === "project-set" && operator.alias !== null && isResult(operator.input);
}

interface Described {
  readonly name: string;
  /** Where it is more than the name as node type. */
  readonly kind?: readonly Property[];
  readonly target?: string;
  readonly subject?: readonly Property[];
  readonly properties?: readonly Property[];
}

function describe(operator: PhysicalOperator, names: ColumnNames): Described {
  switch (operator.kind) {
    case "table-scan": {
      const { schema, name, files, format } = operator.relation;
      const isOwn = format === "session";
      const shown = schema === "" ? name : `${schema}.${name}`;
      const alias = operator.alias === name ? "" : ` ${operator.alias}`;
      const filter = operator.conditions.map((one) => expressionText(one, names));
      const runtime = operator.runtimeFilters.map(({ column, filterId }) => {
        return `${names(column)} (filter ${String(filterId)})`;
      });
      return {
        name: isOwn ? "Seq Scan" : "Parquet Scan",
        target: ` on ${shown}${alias}`,
        subject: [
          ["Relation Name", name],
          ["Schema", schema],
          ["Alias", operator.alias],
        ],
        properties: [
          ["Filter", filter.length > 1 ? `(${filter.join(" AND ")})` : (filter[0] ?? "")],
          ["Runtime Filter", runtime],
          ...(isOwn ? [] : ([["Files", files.length]] as const)),
        ],
      };
    }
    case "values":
      return { name: isResult(operator) ? "Result" : "Values Scan" };
    case "filter":
      return {
        name: "Filter",
        properties: [["Filter", expressionText(operator.condition, names)]],
      };
    case "project":
      return { name: isResult(operator) ? "Result" : "Project" };
    case "project-set":
      return describeProjectSet(operator);
    case "hash-join":
      return describeHashJoin(operator, names);
    case "nested-loop-join":
      return describeNestedLoop(operator, names);
    case "hash-aggregate":
      return describeAggregate(operator, names);
    case "string-aggregate":
      return {
        name: operator.keyCount > 0 ? "GroupAggregate" : "Aggregate",
        kind: aggregateKind(operator.keyCount > 0 ? "Sorted" : "Plain", "single"),
        properties: [
          ["Group Key", operator.columns.slice(0, operator.keyCount).map(names)],
          ["Sort Key", keyTexts(operator.orderBy, names)],
        ],
      };
    case "sort":
      return { name: "Sort", properties: [["Sort Key", keyTexts(operator.keys, names)]] };
    case "top-n":
      return {
        name: "Top-N Sort",
        properties: [
          ["Sort Key", keyTexts(operator.keys, names)],
          ["Limit", String(operator.limit) + (operator.withTies ? " with ties" : "")],
          ["Offset", operator.offset === 0n ? "" : String(operator.offset)],
        ],
      };
    case "limit":
      return {
        name: "Limit",
        properties: [
          ["Limit", operator.limit === null ? "" : String(operator.limit)],
          ["Offset", operator.offset === 0n ? "" : String(operator.offset)],
        ],
      };
    case "union-all":
      return { name: "Append" };
    case "set-operation": {
      const word = operator.operation === "intersect" ? "Intersect" : "Except";
      const command = `${word}${operator.all ? " All" : ""}`;
      return {
        name: `HashSetOp ${command}`,
        kind: [
          ["Node Type", "SetOp"],
          ["Strategy", "Hashed"],
          ["Command", command],
        ],
      };
    }
    case "distinct-on":
      return {
        name: "Unique",
        properties: [["Key", operator.keys.map((key) => expressionText(key, names))]],
      };
    case "partition-limit":
      return {
        name: "Partition Limit",
        properties: [
          ["Key", operator.keys.map((key) => expressionText(key, names))],
          ["Sort Key", keyTexts(operator.orderBy, names)],
          ["Limit", countText(operator.limit, names) + (operator.withTies ? " with ties" : "")],
          ["Offset", operator.offset === 0n ? "" : countText(operator.offset, names)],
        ],
      };
    case "exchange":
      return describeExchange(operator, names);
    case "shared-scan":
      return {
        name: "CTE Scan",
        target: ` on ${String(operator.sharedId)}`,
        subject: [["CTE Name", String(operator.sharedId)]],
      };
    default:
      return unreachable(operator);
  }
}

/** A scan of one function goes by the function's name, of several by the alias alone. */
function describeProjectSet(operator: PhysicalOperator & { kind: "project-set" }): Described {
  if (!isFunctionScan(operator)) return { name: "ProjectSet" };
  const [only, ...others] = operator.sets;
  const name = others.length > 0 ? undefined : only?.functionName;
  const alias = operator.alias ?? "";
  const shown = name === undefined || name === alias ? alias : `${name} ${alias}`;
  return {
    name: "Function Scan",
    target: ` on ${shown}`,
    subject: [...(name === undefined ? [] : [["Function Name", name] as const]), ["Alias", alias]],
  };
}

function countText(count: bigint | Column | null, names: ColumnNames): string {
  if (count === null) return "";
  return typeof count === "bigint" ? String(count) : names(count);
}

function keyTexts(
  keys: Parameters<typeof sortKeyText>[0][] | readonly Parameters<typeof sortKeyText>[0][],
  names: ColumnNames,
): readonly string[] {
  return keys.map((key) => sortKeyText(key, names));
}

const JOIN_WORDS: Readonly<Record<HashJoin["joinKind"], string>> = {
  inner: "",
  left: " Left",
  right: " Right",
  full: " Full",
  semi: " Semi",
  anti: " Anti",
  mark: " Mark",
  single: " Single",
  "build-semi": " Right Semi",
  "build-anti": " Right Anti",
};

function joinKind(nodeType: string, kind: HashJoin["joinKind"]): readonly Property[] {
  return [
    ["Node Type", nodeType],
    ["Join Type", JOIN_WORDS[kind].trim() || "Inner"],
  ];
}

function describeHashJoin(join: HashJoin, names: ColumnNames): Described {
  const keys = join.keys.map(({ probe, build, nullsEqual }) => {
    const operator = nullsEqual ? "IS NOT DISTINCT FROM" : "=";
    return `(${expressionText(probe, names)} ${operator} ${expressionText(build, names)})`;
  });
  return {
    name: `Hash${JOIN_WORDS[join.joinKind]} Join`,
    kind: joinKind("Hash Join", join.joinKind),
    properties: [
      ["Hash Cond", keys.length > 1 ? `(${keys.join(" AND ")})` : (keys[0] ?? "")],
      ["Join Filter", join.residual === null ? "" : expressionText(join.residual, names)],
      ["Build Keys", join.buildUnique ? "unique" : ""],
      ["Publishes", join.publishes.map(({ filterId }) => `filter ${String(filterId)}`)],
    ],
  };
}

function describeNestedLoop(join: NestedLoopJoin, names: ColumnNames): Described {
  const word = JOIN_WORDS[join.joinKind];
  return {
    name: word === "" ? "Nested Loop" : `Nested Loop${word} Join`,
    kind: joinKind("Nested Loop", join.joinKind),
    properties: [
      ["Join Filter", join.condition === null ? "" : expressionText(join.condition, names)],
    ],
  };
}

const PARTIAL_MODES = { single: "Simple", partial: "Partial", final: "Finalize" } as const;

function aggregateKind(
  strategy: "Hashed" | "Plain" | "Sorted",
  phase: HashAggregate["phase"],
): readonly Property[] {
  return [
    ["Node Type", "Aggregate"],
    ["Strategy", strategy],
    ["Partial Mode", PARTIAL_MODES[phase]],
  ];
}

const PHASE_WORDS = { single: "", partial: "Partial ", final: "Finalize " } as const;

function describeAggregate(aggregate: HashAggregate, names: ColumnNames): Described {
  const hashed = aggregate.keys.length > 0;
  return {
    name: `${PHASE_WORDS[aggregate.phase]}${hashed ? "HashAggregate" : "Aggregate"}`,
    kind: aggregateKind(hashed ? "Hashed" : "Plain", aggregate.phase),
    properties: [
      ["Group Key", aggregate.keys.map(({ expression }) => expressionText(expression, names))],
      ["Aggregates", aggregate.aggregates.map(({ call }) => aggregateText(call, names))],
    ],
  };
}

function describeExchange(
  { distribution }: PhysicalOperator & { kind: "exchange" },
  names: ColumnNames,
): Described {
  switch (distribution.kind) {
    case "single":
      return { name: "Gather" };
    case "broadcast":
      return { name: "Broadcast" };
    case "hash":
      return {
        name: "Hash Exchange",
        properties: [
          ["Hash Key", distribution.keys.map(names)],
          ["Partitions", distribution.partitions],
        ],
      };
    default:
      return unreachable(distribution);
  }
}
