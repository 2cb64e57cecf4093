import { SqlError, SQLSTATE, systemCatalogNotSupported } from "../../errors/index.js";
import { isSystemSchema } from "../../catalog/index.js";
import { snapshotRequest } from "../../binder/index.js";

/**
 * Turns "relation does not exist" into what is true of PostgreSQL's own relations: they do exist, and
 * are not answered here. `error` comes from binding `tree`.
 */
export function explainMissingRelation(error: unknown, tree: unknown): unknown {
  if (!(error instanceof SqlError) || error.sqlstate !== SQLSTATE.undefinedTable) return error;
  const named = /^relation "(.*)" does not exist$/.exec(error.message)?.[1];
  if (named === undefined) return error;
  const { relations } = snapshotRequest(tree, [""]);
  const isSystem = relations.some(({ schema, name }) => {
    const shown = schema === "" ? name : `${schema}.${name}`;
    return shown === named && (isSystemSchema(schema) || (schema === "" && name.startsWith("pg_")));
  });
  return isSystem ? systemCatalogNotSupported(named, error.fields.position) : error;
}
