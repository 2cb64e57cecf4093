import { isAbsentType } from "../../../binder/index.js";
import type { CatalogFacts, RelationName } from "../../../catalog/index.js";
import { systemCatalogFunction } from "../../../errors/index.js";
import type { FunctionRegistry } from "../../../functions/index.js";
import type { MentionedFunction, MentionedRelation, SystemMention } from "../../../parser/index.js";

/** Functions with effects beyond their answer that do none here, or none that matters. */
const HARMLESS = new Set([
  "clock_timestamp",
  "gen_random_uuid",
  "pg_advisory_unlock_all",
  "pg_column_is_updatable",
  "pg_current_wal_lsn",
  "pg_current_wal_insert_lsn",
  "pg_current_wal_flush_lsn",
  "pg_backend_pid",
  "pg_blocking_pids",
  "pg_database_size",
  "pg_get_viewdef",
  "pg_indexes_size",
  "pg_is_in_recovery",
  "pg_is_wal_replay_paused",
  "pg_last_wal_receive_lsn",
  "pg_last_wal_replay_lsn",
  "pg_last_xact_replay_timestamp",
  "pg_lock_status",
  "pg_partition_ancestors",
  "pg_partition_root",
  "pg_partition_tree",
  "pg_relation_is_updatable",
  "pg_relation_size",
  "pg_sequence_last_value",
  "pg_table_size",
  "pg_tablespace_size",
  "pg_total_relation_size",
  "random",
  "current_setting",
  "version",
  "timeofday",
]);

/** Types whose values only the catalogs tell. */
export const CATALOG_TYPE =
  /^reg(class|type|proc|procedure|namespace|role|oper|operator|config|dictionary|collation)$/;

/** What a decision needs beside the query. */
export interface RoutingScope {
  /** Schemas in the order they are searched. */
  readonly searchPath: readonly string[];
  readonly functions: FunctionRegistry;
  /** Whether the engine has a relation of that name. */
  hasRelation(name: RelationName): boolean;
}

/** Whether a query that names no relation is the engine's, without a look at the catalog. */
export function isEnginesOwn(mention: SystemMention, { functions }: RoutingScope): boolean {
  if (mention.relations.length > 0 || mention.refusal !== undefined) return false;
  return mention.functions.every((named) => isKnown(named, functions)) && !needsType(mention);
}

function isKnown({ schema, name }: MentionedFunction, functions: FunctionRegistry): boolean {
  return (schema === undefined || schema === "pg_catalog") && functions.hasFunction(name);
}

function needsType({ types }: SystemMention): boolean {
  return types.some((name) => CATALOG_TYPE.test(name) || isAbsentType(name));
}

/**
 * Whose a query is. The system catalog's are those over catalogs, and those over no relation that need
 * a construct, type or function that only a real PostgreSQL has; the engine's all others, those over
 * relations of both among them. Names are resolved as PostgreSQL's search path does, so a table of the
 * engine hides a catalog exactly where it would there. 0A000 for functions that would do something.
 */
export function isForCatalog(
  mention: SystemMention,
  facts: CatalogFacts,
  scope: RoutingScope,
): boolean {
  const kinds = mention.relations.map((relation) => kindOf(relation, facts, scope));
  if (kinds.includes("engine")) return false;
  const isSystems =
    kinds.length === 0 ? needsPostgres(mention, facts, scope) : kinds.includes("system");
  if (isSystems) checkFunctions(mention.functions, facts);
  return isSystems;
}

/** Whether a query without relations holds what the engine lacks and the catalog has. */
function needsPostgres(
  mention: SystemMention,
  facts: CatalogFacts,
  { functions }: RoutingScope,
): boolean {
  if (mention.refusal !== undefined || needsType(mention)) return true;
  return mention.functions.some((named) => {
    return !isKnown(named, functions) && facts.functions.has(named.name);
  });
}

/** Whose the relation of that name is. */
export function kindOf(
  { schema, name }: Pick<MentionedRelation, "schema" | "name">,
  facts: CatalogFacts,
  { searchPath, hasRelation }: RoutingScope,
): "system" | "engine" | "unknown" {
  const implied = searchPath.includes("pg_catalog") ? searchPath : ["pg_catalog", ...searchPath];
  for (const candidate of schema === undefined ? implied : [schema]) {
    if (candidate === "pg_catalog") {
      if (schema !== undefined || facts.systemRelations.has(name)) return "system";
    } else if (candidate === "information_schema") {
      if (schema !== undefined || facts.informationRelations.has(name)) return "system";
    } else if (hasRelation({ schema: candidate, name })) {
      return "engine";
    }
  }
  return "unknown";
}

/** 0A000 where one of them would do something. */
export function checkFunctions(functions: readonly MentionedFunction[], facts: CatalogFacts): void {
  for (const { name } of functions) {
    const hasEffects = facts.functions.has(name) && !facts.calmFunctions.has(name);
    if (hasEffects && !HARMLESS.has(name)) throw systemCatalogFunction(name);
  }
}
