import { unreachable } from "../errors/index.js";
import type { DropObjectType, Statement } from "../parser/index.js";

const DROP_TAGS: Readonly<Record<DropObjectType, string>> = {
  schema: "DROP SCHEMA",
  table: "DROP TABLE",
  foreignTable: "DROP FOREIGN TABLE",
  view: "DROP VIEW",
  materializedView: "DROP MATERIALIZED VIEW",
  server: "DROP SERVER",
};

/**
 * PostgreSQL's command tag, which also names the command in messages. That of a query goes without
 * its count of rows, that of EXECUTE is the prepared statement's own.
 */
export function commandTag(statement: Statement): string {
  switch (statement.kind) {
    case "query":
      return "SELECT";
    case "explain":
      return "EXPLAIN";
    case "createSchema":
      return "CREATE SCHEMA";
    case "createForeignTable":
      return "CREATE FOREIGN TABLE";
    case "createServer":
      return "CREATE SERVER";
    case "importForeignSchema":
      return "IMPORT FOREIGN SCHEMA";
    case "createView":
      return "CREATE VIEW";
    case "createTable":
      return "CREATE TABLE";
    case "createTableAs":
      return "CREATE TABLE AS";
    case "insert":
      return "INSERT";
    case "truncate":
      return "TRUNCATE TABLE";
    case "drop":
      return DROP_TAGS[statement.objectType];
    case "analyze":
      return "ANALYZE";
    case "vacuum":
      return "VACUUM";
    case "comment":
      return "COMMENT";
    case "begin":
      return statement.start ? "START TRANSACTION" : "BEGIN";
    case "commit":
      return "COMMIT";
    case "rollback":
    case "rollbackToSavepoint":
      return "ROLLBACK";
    case "savepoint":
      return "SAVEPOINT";
    case "releaseSavepoint":
      return "RELEASE";
    case "setVariable":
    case "setTransaction":
      return "SET";
    case "resetVariable":
      return "RESET";
    case "showVariable":
      return "SHOW";
    case "prepare":
      return "PREPARE";
    case "execute":
      return "EXECUTE";
    case "deallocate":
      return statement.name === undefined ? "DEALLOCATE ALL" : "DEALLOCATE";
    case "declareCursor":
      return "DECLARE CURSOR";
    case "fetch":
      return statement.move ? "MOVE" : "FETCH";
    case "closeCursor":
      return statement.cursor === undefined ? "CLOSE CURSOR ALL" : "CLOSE CURSOR";
    case "copy":
      return "COPY";
    case "discard":
      return `DISCARD ${statement.target.toUpperCase()}`;
    case "listen":
      return "LISTEN";
    case "notify":
      return "NOTIFY";
    case "unlisten":
      return "UNLISTEN";
    case "checkpoint":
      return "CHECKPOINT";
    case "accessControl":
    case "unsupported":
      return statement.tag;
    default:
      return unreachable(statement);
  }
}

/** Whether a failed transaction still takes it: it ends the failure. */
export function endsFailure(statement: Statement): boolean {
  return (
    statement.kind === "commit" ||
    statement.kind === "rollback" ||
    statement.kind === "rollbackToSavepoint"
  );
}
