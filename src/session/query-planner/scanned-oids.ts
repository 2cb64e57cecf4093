import type { LogicalOperator } from "../../plan/index.js";
import { rewriteEverywhere } from "./rewrite-everywhere.js";

/** OIDs of the tables that a plan scans, subqueries included. */
export function scannedOids(plan: LogicalOperator): ReadonlySet<number> {
  const oids = new Set<number>();
  rewriteEverywhere(plan, {
    operator: (node) => {
      if (node.kind === "scan") oids.add(node.relation.oid);
      return node;
    },
  });
  return oids;
}
