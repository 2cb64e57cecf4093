import { isAbsentType } from "../../binder/index.js";
import { isSystemSchema } from "../../catalog/index.js";
import { FUNCTIONS } from "../../functions/index.js";
import {
  parseExpression,
  type DerivedTable,
  type Expression,
  type FunctionCall,
  type Query,
  type SelectItem,
  type TableFunction,
  type TableReference,
  type TypeName,
} from "../../parser/index.js";
import { SESSION_FUNCTIONS } from "../functions/list.js";
import { rowTable } from "../row-table.js";
import type { SessionState } from "../session-state.js";
import { LIVE_RELATIONS } from "./list.js";
import type { LiveRelation } from "./live-relation.js";

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

function lookFor(node: unknown, found: Mentions): void {
  if (typeof node !== "object" || node === null) return;
  if (isTableReference(node)) {
    const { schema, name } = node.table;
    if (liveRelationOf(node) !== undefined) found.live = true;
    else if (schema === undefined ? name.startsWith("pg_") : isSystemSchema(schema)) {
      found.others = true;
    }
  }
  if (isChannelCall(node)) found.live = true;
  else if (needsCatalog(node)) found.others = true;
  for (const child of Object.values(node)) lookFor(child, found);
}

const CHANNELS = "pg_listening_channels";

function isChannelCall(node: object): node is FunctionCall {
  if (!("kind" in node) || node.kind !== "functionCall") return false;
  const { name, arguments: given } = node as FunctionCall;
  const [last, schema = "pg_catalog"] = name.toReversed();
  return last === CHANNELS && schema === "pg_catalog" && given.length === 0;
}

/**
 * `current_setting(name)` over rows, as over those of pg_settings, of which the system catalog knows
 * all; arrays, which are texts in live relations; functions and types that only a PostgreSQL has.
 */
function needsCatalog(node: object): boolean {
  if (!("kind" in node)) return false;
  if (node.kind === "typeName") return isAbsentType((node as TypeName).name);
  if (node.kind !== "functionCall") return false;
  const call = node as FunctionCall;
  const name = call.name.at(-1) ?? "";
  const isOurs = FUNCTIONS.hasFunction(name) || SESSION_FUNCTIONS.has(name);
  if (name === "unnest" || !isOurs) return true;
  return name === "current_setting" && call.arguments[0]?.value.kind === "columnReference";
}

function replaced(node: unknown, state: SessionState): unknown {
  if (typeof node !== "object" || node === null) return node;
  if (Array.isArray(node)) return node.map((each) => replaced(each, state));
  if (isChannelCall(node)) return channelsOf(state);
  if (isTableReference(node)) {
    const relation = liveRelationOf(node);
    if (relation !== undefined) return tableOf(relation, node, state);
  }
  return {
    ...Object.fromEntries(
      Object.entries(node).map(([name, child]) => [name, replaced(child, state)]),
    ),
    ...keptName(node),
  };
}

/** The names of a set-returning call are those of what was written. */
function keptName(node: object): object {
  if ("kind" in node && node.kind === "selectItem") {
    const { alias, value } = node as SelectItem;
    return isChannelCall(value) ? { alias: alias ?? CHANNELS } : {};
  }
  if ("functions" in node && "alias" in node && node.alias === undefined) {
    const { functions } = node as TableFunction;
    const isOurs = functions.length === 1 && functions.some(({ call }) => isChannelCall(call));
    return isOurs ? { alias: { name: CHANNELS, columns: [] } } : {};
  }
  return {};
}

/** A call that has a row for each channel this session listens to. */
function channelsOf({ notifications }: SessionState): Expression {
  const names = notifications.listening.map((name) => name.replaceAll("'", "''"));
  return parseExpression(`string_to_table('${names.join(SEPARATOR)}', '${SEPARATOR}')`);
}

const SEPARATOR = "\u0001";

function isTableReference(node: object): node is TableReference {
  return "kind" in node && node.kind === "tableReference";
}

function liveRelationOf({ table }: TableReference): LiveRelation | undefined {
  const inCatalog = table.schema === undefined || table.schema === "pg_catalog";
  return inCatalog ? LIVE_RELATIONS.get(table.name) : undefined;
}

function tableOf(
  relation: LiveRelation,
  { alias, position }: TableReference,
  state: SessionState,
): DerivedTable {
  const { name, columns } = relation;
  return rowTable(columns, relation.rows(state), alias ?? { name, columns: [] }, position);
}
