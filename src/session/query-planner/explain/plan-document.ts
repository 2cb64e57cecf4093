import type { OperatorProfile } from "../../../engine/index.js";
import type { Explained } from "./explained.js";
import { flagEntry, numberEntry, textEntry, type Entry } from "./formats/entry.js";
import type { ExplainOptions } from "./options.js";
import type { PlanNode, Property } from "./plan-node.js";

/** PostgreSQL counts what is read in blocks of this size. */
export const BLOCK_BYTES = 8192;

const TIME_DECIMALS = 3;
const COST_DECIMALS = 2;

/** The explained plan as PostgreSQL's structured formats arrange it. */
export function planDocument(explained: Explained, options: ExplainOptions): readonly Entry[] {
  const { planningMs, rules, settings, measured, root } = explained;
  const document: Entry[] = [
    { kind: "group", label: "Plan", entries: nodeEntries(root, null, explained, options) },
  ];
  if (options.verbose) document.push({ kind: "list", label: "Rules", items: rules });
  if (options.settings) {
    const entries = settings.map(({ name, value }) => textEntry(name, value));
    document.push({ kind: "group", label: "Settings", entries });
  }
  if (options.buffers) {
    document.push({ kind: "group", label: "Planning", entries: blockEntries(0) });
  }
  if (options.summary) document.push(numberEntry("Planning Time", planningMs, TIME_DECIMALS));
  if (measured !== null) {
    document.push({ kind: "groups", label: "Triggers", itemLabel: "Trigger", groups: [] });
    if (options.summary) {
      document.push(numberEntry("Peak Memory Usage", Math.ceil(measured.profile.peakBytes / 1024)));
      document.push(numberEntry("Execution Time", measured.executionMs, TIME_DECIMALS));
    }
  }
  return document;
}

function nodeEntries(
  node: PlanNode,
  relationship: string | null,
  explained: Explained,
  options: ExplainOptions,
): readonly Entry[] {
  const children = node.children.map((child, index) =>
    nodeEntries(child, relationshipOf(node, child, index), explained, options),
  );
  return [
    ...node.kind.map(propertyEntry),
    ...(relationship === null ? [] : [textEntry("Parent Relationship", relationship)]),
    ...(node.heading === null ? [] : [textEntry("Subplan Name", node.heading)]),
    flagEntry("Parallel Aware", false),
    flagEntry("Async Capable", false),
    ...node.subject.filter(([label]) => label !== "Schema" || options.verbose).map(propertyEntry),
    ...(options.costs ? costEntries(node) : []),
    ...actualEntries(node, explained, options),
    ...(options.verbose ? [propertyEntry(["Output", node.output])] : []),
    ...node.properties.map(propertyEntry),
    ...resourceEntries(node, explained, options),
    ...(children.length === 0
      ? []
      : [{ kind: "groups", label: "Plans", itemLabel: "Plan", groups: children } as const]),
  ];
}

function relationshipOf(parent: PlanNode, child: PlanNode, index: number): string {
  if (child.heading !== null) return "InitPlan";
  if (parent.name === "Append") return "Member";
  const position = parent.children.filter((one) => one.heading === null).indexOf(child);
  return (position < 0 ? index : position) === 0 ? "Outer" : "Inner";
}

function propertyEntry([label, value]: Property): Entry {
  if (typeof value === "string") return textEntry(label, value);
  if (typeof value === "number") return numberEntry(label, value);
  return { kind: "list", label, items: value };
}

function costEntries({ cost, rows, width }: PlanNode): readonly Entry[] {
  return [
    numberEntry("Startup Cost", 0, COST_DECIMALS),
    numberEntry("Total Cost", cost, COST_DECIMALS),
    numberEntry("Plan Rows", Math.max(1, Math.round(rows))),
    numberEntry("Plan Width", width),
  ];
}

function actualEntries(
  { id }: PlanNode,
  { measured }: Explained,
  { timing }: ExplainOptions,
): readonly Entry[] {
  if (measured === null) return [];
  const profile = measured.profile.operators.get(id);
  const times = [
    numberEntry("Actual Startup Time", 0, TIME_DECIMALS),
    numberEntry("Actual Total Time", (profile?.timeNs ?? 0) / 1e6, TIME_DECIMALS),
  ];
  return [
    ...(timing ? times : []),
    numberEntry("Actual Rows", profile?.rows ?? 0),
    numberEntry("Actual Loops", profile === undefined ? 0 : 1),
  ];
}

function resourceEntries(
  node: PlanNode,
  { measured }: Explained,
  { buffers, wal }: ExplainOptions,
): readonly Entry[] {
  if (measured === null) return [];
  const { operators } = measured.profile;
  const profile = operators.get(node.id);
  return [
    ...(profile === undefined ? [] : profileEntries(profile)),
    ...(buffers ? blockEntries(blocksRead(node, operators)) : []),
    ...(wal ? ["WAL Records", "WAL FPI", "WAL Bytes"].map((label) => numberEntry(label, 0)) : []),
  ];
}

function profileEntries(profile: OperatorProfile): readonly Entry[] {
  const { bytesRead, rowGroups, rowGroupsPruned, peakBytes } = profile;
  return [
    ...(rowGroups > 0
      ? [
          numberEntry("Row Groups", rowGroups),
          numberEntry("Row Groups Pruned", rowGroupsPruned),
          numberEntry("Bytes Read", bytesRead),
        ]
      : []),
    ...(peakBytes > 0 ? [numberEntry("Peak Memory Usage", Math.ceil(peakBytes / 1024))] : []),
  ];
}

/** Blocks that a node and all below it read from files. */
export function blocksRead(
  node: PlanNode,
  operators: ReadonlyMap<number, OperatorProfile>,
): number {
  const own = Math.ceil((operators.get(node.id)?.bytesRead ?? 0) / BLOCK_BYTES);
  return node.children.reduce((sum, child) => sum + blocksRead(child, operators), own);
}

/** What PostgreSQL lists of buffers; here only files are read. */
function blockEntries(read: number): readonly Entry[] {
  const shared = ["Hit", "Read", "Dirtied", "Written"].map((what) =>
    numberEntry(`Shared ${what} Blocks`, what === "Read" ? read : 0),
  );
  const none = [
    "Local Hit Blocks",
    "Local Read Blocks",
    "Local Dirtied Blocks",
    "Local Written Blocks",
    "Temp Read Blocks",
    "Temp Written Blocks",
  ];
  return [...shared, ...none.map((label) => numberEntry(label, 0))];
}
