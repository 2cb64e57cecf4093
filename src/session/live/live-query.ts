import { isSystemSchema } from "../../catalog/index.js";
import {
  builtQuery,
  builtSelect,
  builtTypeName,
  type DerivedTable,
  type Expression,
  type FunctionCall,
  type Query,
  type SelectItem,
  type TableReference,
  type TypeName as AstTypeName,
} from "../../parser/index.js";
import type { PlannedQuery } from "../planner.js";
import type { SessionState } from "../session-state.js";
import { LIVE_RELATIONS } from "./list.js";
import type { LiveRelation } from "./live-relation.js";

const NONE = undefined;

/** What a statement reads of the system: live relations, and whether others too. */
interface Mentions {
  live: boolean;
  others: boolean;
}

/** Found once a tree: trees are shared by all who send the same text. */
const mentioned = new WeakMap<Query, Mentions>();

/**
 * Whether a query reads live relations and no other of the system. One that reads others as well is
 * the system catalog's.
 */
export function isLiveQuery(query: Query): boolean {
  let found = mentioned.get(query);
  if (found === undefined) {
    found = { live: false, others: false };
    lookFor(query, found);
    mentioned.set(query, found);
  }
  return found.live && !found.others;
}

/** The query with live relations replaced by their rows of this moment. */
export function withLiveRows(query: Query, state: SessionState): Query {
  return replaced(query, state) as Query;
}

/** The plan of rows that hold only now: it is made anew for every run. */
export function momentary(plan: PlannedQuery): PlannedQuery {
  return {
    columns: plan.columns,
    parameterOids: plan.parameterOids,
    isCurrent: () => false,
    start: (...given) => plan.start(...given),
  };
}

function lookFor(node: unknown, found: Mentions): void {
  if (typeof node !== "object" || node === null) return;
  if (isTableReference(node)) {
    const { schema, name } = node.table;
    if (liveRelationOf(node) !== undefined) found.live = true;
    else if (schema === undefined ? name.startsWith("pg_") : isSystemSchema(schema)) {
      found.others = true;
    }
  }
  if (readsComputedSetting(node)) found.others = true;
  for (const child of Object.values(node)) lookFor(child, found);
}

/** `current_setting(name)` over rows, as over those of pg_settings: the system catalog knows all. */
function readsComputedSetting(node: object): boolean {
  if (!("kind" in node) || node.kind !== "functionCall") return false;
  const call = node as FunctionCall;
  return (
    call.name.at(-1) === "current_setting" && call.arguments[0]?.value.kind === "columnReference"
  );
}

function replaced(node: unknown, state: SessionState): unknown {
  if (typeof node !== "object" || node === null) return node;
  if (Array.isArray(node)) return node.map((each) => replaced(each, state));
  if (isTableReference(node)) {
    const relation = liveRelationOf(node);
    if (relation !== undefined) return tableOf(relation, node, state);
  }
  return Object.fromEntries(
    Object.entries(node).map(([name, child]) => [name, replaced(child, state)]),
  );
}

function isTableReference(node: object): node is TableReference {
  return "kind" in node && node.kind === "tableReference";
}

function liveRelationOf({ table }: TableReference): LiveRelation | undefined {
  const inCatalog = table.schema === undefined || table.schema === "pg_catalog";
  return inCatalog ? LIVE_RELATIONS.get(table.name) : undefined;
}

/** `(SELECT c1::type AS name, … FROM (VALUES …) AS v (c1, …)) AS relation`. */
function tableOf(
  relation: LiveRelation,
  { alias, position }: TableReference,
  state: SessionState,
): DerivedTable {
  const { columns } = relation;
  const rows = relation.rows(state);
  const literals = rows.map((row) => row.map(literal));
  const names = columns.map((_, i) => `c${String(i)}`);
  const values: DerivedTable = {
    kind: "derivedTable",
    query: builtQuery({
      kind: "values",
      // VALUES wants a row; none is let through.
      rows: literals.length > 0 ? literals : [columns.map(() => literal(null))],
      position: NONE,
    }),
    lateral: false,
    alias: { name: "v", columns: names },
    position: NONE,
  };
  const select = builtSelect({
    items: columns.map(([name, type], i) => columnItem(name, builtTypeName(type), names[i] ?? "")),
    from: [values],
    where: rows.length > 0 ? NONE : { kind: "booleanLiteral", value: false, position: NONE },
  });
  return {
    kind: "derivedTable",
    query: builtQuery(select),
    lateral: false,
    alias: alias ?? { name: relation.name, columns: [] },
    position,
  };
}

function literal(text: string | null): Expression {
  return text === null
    ? { kind: "nullLiteral", position: NONE }
    : { kind: "stringLiteral", text, position: NONE };
}

function columnItem(alias: string, type: AstTypeName, column: string): SelectItem {
  const operand: Expression = { kind: "columnReference", names: [column], position: NONE };
  const value: Expression = { kind: "cast", operand, type, position: NONE };
  return { kind: "selectItem", value, alias, position: NONE };
}
