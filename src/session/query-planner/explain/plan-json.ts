import type { ExplainOptions } from "./options.js";
import type { PlanNode } from "./plan-node.js";
import type { Explained } from "./plan-text.js";

type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

/** The one value that EXPLAIN (FORMAT JSON) answers. */
export function planJson(explained: Explained, options: ExplainOptions): string {
  const { planningMs, rules, measured } = explained;
  const whole = {
    Plan: nodeJson(explained.root, explained, options),
    ...(options.verbose ? { Rules: [...new Set(rules)] } : {}),
    ...(options.summary ? { "Planning Time": rounded(planningMs) } : {}),
    ...(options.summary && measured !== null
      ? {
          "Peak Memory Bytes": measured.profile.peakBytes,
          "Execution Time": rounded(measured.executionMs),
        }
      : {}),
  };
  return JSON.stringify([whole], null, 2);
}

function nodeJson(
  node: PlanNode,
  explained: Explained,
  options: ExplainOptions,
): { readonly [key: string]: Json } {
  const target = node.target.replace(/^ on /, "");
  return {
    "Node Type": node.type,
    ...(node.heading === null ? {} : { "Subplan Name": node.heading }),
    ...(target === "" ? {} : { "Relation Name": target }),
    ...(options.costs
      ? {
          "Startup Cost": 0,
          "Total Cost": rounded(node.cost),
          "Plan Rows": Math.max(1, Math.round(node.rows)),
          "Plan Width": node.width,
        }
      : {}),
    ...actual(node, explained, options),
    ...(options.verbose ? { Output: node.output } : {}),
    ...Object.fromEntries(node.properties),
    ...(node.children.length === 0
      ? {}
      : { Plans: node.children.map((child) => nodeJson(child, explained, options)) }),
  };
}

function actual(
  { id }: PlanNode,
  { measured }: Explained,
  { timing }: ExplainOptions,
): { readonly [key: string]: Json } {
  const profile = measured?.profile.operators.get(id);
  if (measured === null) return {};
  if (profile === undefined) return { "Actual Rows": 0, "Actual Loops": 0 };
  const { rows, timeNs, bytesRead, rowGroups, rowGroupsPruned, peakBytes } = profile;
  return {
    ...(timing ? { "Actual Startup Time": 0, "Actual Total Time": rounded(timeNs / 1e6) } : {}),
    "Actual Rows": rows,
    "Actual Loops": 1,
    ...(rowGroups > 0
      ? {
          "Row Groups": rowGroups,
          "Row Groups Pruned": rowGroupsPruned,
          "Bytes Read": bytesRead,
        }
      : {}),
    ...(peakBytes > 0 ? { "Memory Bytes": peakBytes } : {}),
  };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
