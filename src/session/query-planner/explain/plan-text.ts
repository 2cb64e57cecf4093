import type { OperatorProfile } from "../../../engine/index.js";
import type { ExplainOptions } from "./options.js";
import { blocksRead } from "./plan-document.js";
import type { Explained } from "./explained.js";
import type { PlanNode } from "./plan-node.js";

const INDENT = 6;

/** Lines such as PostgreSQL's EXPLAIN prints. */
export function planText(explained: Explained, options: ExplainOptions): readonly string[] {
  const lines: string[] = [];
  nodeLines(explained.root, 0, true, explained, options, lines);
  if (options.verbose && explained.rules.length > 0) {
    lines.push(`Rules: ${explained.rules.join(", ")}`);
  }
  if (options.settings && explained.settings.length > 0) {
    const settings = explained.settings.map(({ name, value }) => `${name} = '${value}'`);
    lines.push(`Settings: ${settings.join(", ")}`);
  }
  if (options.summary) {
    lines.push(`Planning Time: ${explained.planningMs.toFixed(3)} ms`);
    if (explained.measured !== null) {
      lines.push(`Peak Memory: ${kilobytes(explained.measured.profile.peakBytes)}`);
      lines.push(`Execution Time: ${explained.measured.executionMs.toFixed(3)} ms`);
    }
  }
  return lines;
}

function nodeLines(
  node: PlanNode,
  indent: number,
  isRoot: boolean,
  explained: Explained,
  options: ExplainOptions,
  lines: string[],
): void {
  if (node.heading !== null) {
    lines.push(`${" ".repeat(indent - 4)}${node.heading}`);
  }
  const profile = explained.measured?.profile.operators.get(node.id);
  const estimate = options.costs
    ? `  (cost=0.00..${node.cost.toFixed(2)} rows=${rowsText(node.rows)} width=${String(node.width)})`
    : "";
  const actual = explained.measured === null ? "" : actualText(profile, options);
  const arrow = isRoot ? "" : `${" ".repeat(indent - 4)}->  `;
  lines.push(`${arrow}${node.name}${node.target}${estimate}${actual}`);
  const inner = " ".repeat(indent + 2);
  if (options.verbose) lines.push(`${inner}Output: ${node.output.join(", ")}`);
  for (const [label, value] of node.properties) {
    lines.push(`${inner}${label}: ${Array.isArray(value) ? value.join(", ") : String(value)}`);
  }
  if (profile !== undefined) {
    for (const line of profileLines(profile)) lines.push(inner + line);
  }
  if (options.buffers && explained.measured !== null) {
    const read = blocksRead(node, explained.measured.profile.operators);
    if (read > 0) lines.push(`${inner}Buffers: shared read=${String(read)}`);
  }
  for (const child of node.children) {
    nodeLines(child, indent + INDENT, false, explained, options, lines);
  }
}

function rowsText(rows: number): string {
  return String(Math.max(1, Math.round(rows)));
}

function actualText(profile: OperatorProfile | undefined, { timing }: ExplainOptions): string {
  if (profile === undefined) return " (never executed)";
  const time = timing ? `time=0.000..${(profile.timeNs / 1e6).toFixed(3)} ` : "";
  return ` (actual ${time}rows=${String(profile.rows)} loops=1)`;
}

function profileLines(profile: OperatorProfile): readonly string[] {
  const { bytesRead, rowGroups, rowGroupsPruned, peakBytes } = profile;
  const lines: string[] = [];
  if (rowGroups > 0) {
    lines.push(`Row Groups: ${String(rowGroups)} (${String(rowGroupsPruned)} pruned)`);
    lines.push(`Read: ${kilobytes(bytesRead)}`);
  }
  if (peakBytes > 0) lines.push(`Memory: ${kilobytes(peakBytes)}`);
  return lines;
}

function kilobytes(bytes: number): string {
  return `${String(Math.ceil(bytes / 1024))}kB`;
}
