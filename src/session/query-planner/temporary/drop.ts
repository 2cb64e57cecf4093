import {
  dependentsExist,
  dependentsOfSeveralExist,
  dropCascades,
  featureNotSupported,
  usedByActiveQueries,
  wrongObjectKind,
  type ObjectKind,
} from "../../../errors/index.js";
import type { Drop } from "../../../parser/index.js";
import type { StatementContext } from "../../planner.js";
import type { TemporaryRelation, TemporaryState } from "../../temporary/index.js";
import type { PlanningServices } from "../services.js";
import { quoteName } from "../utility/object-names.js";
import { findTemporary } from "./find-table.js";

const KINDS: { readonly [K in Drop["objectType"]]?: ObjectKind } = {
  table: "table",
  foreignTable: "foreign table",
  view: "view",
  materializedView: "materialized view",
};

/** Whether DROP names relations of the session, and nothing else; 0A000 for some of each. */
export function dropsTemporary(
  { objectType, names }: Drop,
  context: StatementContext,
  services: Pick<PlanningServices, "catalog">,
): boolean {
  if (KINDS[objectType] === undefined) return false;
  const found = names.map((name) => findTemporary(name, context, services) !== undefined);
  if (!found.includes(true)) return false;
  if (found.includes(false)) {
    throw featureNotSupported("DROP of temporary and permanent relations at once is not supported");
  }
  return true;
}

/** Drops relations of the session with what depends on them, if asked to. */
export function dropTemporary(
  { objectType, names, cascade }: Drop,
  context: StatementContext,
  services: Pick<PlanningServices, "catalog">,
): void {
  const { temporary } = context;
  const kind = KINDS[objectType] ?? "table";
  const targets = new Set<TemporaryRelation>();
  for (const name of names) {
    const relation = findTemporary(name, context, services);
    if (relation === undefined) continue;
    if (relation.kind !== kind) throw wrongObjectKind(relation.name, kind, relation.kind);
    if (temporary.isBeingRead(relation.oid)) throw usedByActiveQueries("DROP TABLE", relation.name);
    targets.add(relation);
  }
  const lines = new Map<TemporaryRelation, string>();
  for (const target of targets) collect(target, targets, lines, temporary.state);
  if (lines.size > 0 && !cascade) {
    const [only, ...more] = [...targets].map(described);
    const all = [...lines.values()];
    throw only === undefined || more.length > 0
      ? dependentsOfSeveralExist(all)
      : dependentsExist(only, all);
  }
  temporary.change((state) => state.without([...targets, ...lines.keys()]));
  if (lines.size > 0) context.notice(dropCascades([...lines.keys()].map(described)));
}

/** Views that read `relation`, and those that read them, with why. */
function collect(
  relation: TemporaryRelation,
  targets: ReadonlySet<TemporaryRelation>,
  lines: Map<TemporaryRelation, string>,
  state: TemporaryState,
): void {
  for (const view of state.viewsReading(relation.oid)) {
    if (targets.has(view) || lines.has(view)) continue;
    lines.set(view, `${described(view)} depends on ${described(relation)}`);
    collect(view, targets, lines, state);
  }
}

function described({ kind, name }: TemporaryRelation): string {
  return `${kind} ${quoteName(name)}`;
}
