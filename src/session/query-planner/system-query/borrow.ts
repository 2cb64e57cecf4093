import { isSystemSchema, type CatalogFacts } from "../../../catalog/index.js";
import type { Query, TableName } from "../../../parser/index.js";
import type { StatementContext } from "../../planner.js";
import { borrowedParts, type BorrowScope } from "./borrowed-parts.js";
import { withBorrowedRows } from "./borrowed-rows.js";
import type { SystemServices } from "./planned-system-query.js";
import { CATALOG_TYPE, checkFunctions, kindOf, type RoutingScope } from "./route.js";

/** Functions that only a catalog could answer, should the engine not have them. */
const CATALOG_FUNCTION = new RegExp(
  "^(pg_.*|has_.*_privilege|to_reg.*|txid_.*|(obj|col|shobj)_description|format_type|" +
    "current_schemas|current_setting|row_security_active|acldefault)$",
);

/**
 * A query of the engine with what it needs of the system catalog put in as rows and values; the same
 * object where it needs nothing. What was put in holds for one run.
 */
export async function borrowed(
  query: Query,
  context: StatementContext,
  services: SystemServices,
  routing: RoutingScope,
): Promise<Query> {
  if (!mayNeed(query, routing)) return query;
  const facts = await services.systemCatalog.facts(context.signal);
  const scope: BorrowScope = {
    hasRelation: (table) => kindOf(table, facts, routing) === "system" && isThere(table, facts),
    hasFunction: (named) => {
      const name = named.at(-1) ?? "";
      if (!isCatalogFunction(named, routing) || !facts.functions.has(name)) return false;
      checkFunctions([{ schema: undefined, name }], facts);
      return true;
    },
  };
  const parts = borrowedParts(query, scope);
  const { relations, functions, constants } = parts;
  if (relations.length + functions.length + constants.length === 0) return query;
  return withBorrowedRows(query, parts, context, services);
}

function isThere({ schema, name }: TableName, facts: CatalogFacts): boolean {
  const known = schema === "information_schema" ? [] : [facts.systemRelations];
  if (schema !== "pg_catalog") known.push(facts.informationRelations);
  return known.some((names) => names.has(name));
}

function isCatalogFunction(named: readonly string[], { functions }: RoutingScope): boolean {
  const [name = "", schema] = named.toReversed();
  return (schema === undefined || schema === "pg_catalog") && !functions.hasFunction(name);
}

/** Found once a tree: trees are shared by all who send the same text. */
const needs = new WeakMap<Query, boolean>();

function mayNeed(query: Query, routing: RoutingScope): boolean {
  let found = needs.get(query);
  if (found === undefined) {
    found = mentions(query, routing);
    needs.set(query, found);
  }
  return found;
}

function mentions(node: unknown, routing: RoutingScope): boolean {
  if (typeof node !== "object" || node === null) return false;
  const noted = node as Noted;
  switch (noted.kind) {
    case "tableName":
      if (isSystemSchema(noted.schema ?? "")) return true;
      if (noted.schema === undefined && noted.name.startsWith("pg_")) return true;
      break;
    case "typeName":
      if (CATALOG_TYPE.test(noted.name)) return true;
      break;
    case "functionCall":
      if (
        CATALOG_FUNCTION.test(noted.name.at(-1) ?? "") &&
        isCatalogFunction(noted.name, routing)
      ) {
        return true;
      }
      break;
    case undefined:
  }
  return Object.values(node).some((child) => mentions(child, routing));
}

type Noted =
  | { readonly kind: "tableName"; readonly schema: string | undefined; readonly name: string }
  | { readonly kind: "typeName"; readonly name: string }
  | { readonly kind: "functionCall"; readonly name: readonly string[] }
  | { readonly kind?: undefined };
