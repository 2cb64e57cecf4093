import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { CatalogFacts } from "../../../catalog/index.js";
import { SqlError } from "../../../errors/index.js";
import { FUNCTIONS } from "../../../functions/index.js";
import { initParser, parse, systemMentionOf } from "../../../parser/index.js";
import { isEnginesOwn, isForCatalog } from "./route.js";

const FACTS: CatalogFacts = {
  systemRelations: new Set(["pg_class", "pg_type", "pg_settings"]),
  informationRelations: new Set(["columns"]),
  functions: new Set(["pg_get_viewdef", "pg_sleep", "pg_is_in_recovery", "format_type"]),
  calmFunctions: new Set(["format_type"]),
};

before(initParser);

/** Where a query goes; `path` is the session's search path, `tables` what the engine has. */
function route(
  sql: string,
  path: readonly string[] = ["public"],
  tables: readonly string[] = ["public.t"],
): string {
  const [parsed] = parse(sql);
  assert.ok(parsed?.statement.kind === "query");
  const mention = systemMentionOf(parsed.statement);
  const scope = {
    searchPath: path,
    functions: FUNCTIONS,
    hasRelation: ({ schema, name }: { schema: string; name: string }) =>
      tables.includes(`${schema}.${name}`),
  };
  if (mention === undefined || isEnginesOwn(mention, scope)) return "engine";
  try {
    return isForCatalog(mention, FACTS, scope) ? "catalog" : "engine";
  } catch (error) {
    assert.ok(error instanceof SqlError);
    return `${error.sqlstate} ${error.message}`;
  }
}

test("names decide, by the search path", () => {
  assert.equal(route("SELECT 1"), "engine");
  assert.equal(route("SELECT * FROM t"), "engine");
  assert.equal(route("SELECT * FROM pg_class"), "catalog");
  assert.equal(route("SELECT * FROM pg_catalog.pg_class c JOIN pg_type t ON true"), "catalog");
  assert.equal(route("SELECT * FROM information_schema.anything"), "catalog");
  assert.equal(route("SELECT * FROM shop.information_schema.columns"), "catalog");
  assert.equal(route("SELECT * FROM pg_mine", ["public"], ["public.pg_mine"]), "engine");
  // PostgreSQL looks into pg_catalog first unless the path says otherwise.
  const own = ["public.pg_class"];
  assert.equal(route("SELECT * FROM pg_class", ["public"], own), "catalog");
  assert.equal(route("SELECT * FROM pg_class", ["public", "pg_catalog"], own), "engine");
  assert.equal(route("WITH t AS (SELECT oid FROM pg_class) SELECT * FROM t"), "catalog");
});

test("without relations, functions and types that only a catalog has decide", () => {
  assert.equal(route("SELECT version(), pg_backend_pid(), current_user"), "engine");
  assert.equal(route("SELECT pg_typeof(1)"), "engine");
  assert.equal(route("SELECT extract(year FROM current_date)"), "engine");
  assert.equal(route("SELECT format_type(23, -1)"), "catalog");
  assert.equal(route("SELECT 't'::regclass"), "catalog");
  assert.equal(route("SELECT pg_is_in_recovery()"), "catalog");
  assert.equal(route("SELECT format_type(23, -1) FROM t"), "engine");
  assert.equal(route("SELECT '{}'::jsonb"), "catalog");
  assert.equal(route("SELECT '{}'::jsonb FROM t"), "engine");
  assert.equal(route("SELECT b'101'"), "catalog");
  assert.equal(route("SELECT no_such_function(1)"), "engine");
});

test("a query of tables and catalogs is the engine's, functions that act are nobody's", () => {
  assert.equal(route("SELECT * FROM pg_class, t"), "engine");
  assert.match(route("SELECT pg_sleep(1)"), /^0A000 function pg_sleep is not supported/);
  assert.match(route("SELECT pg_sleep(1) FROM pg_class"), /^0A000 function pg_sleep/);
});

test("a construct that has no tree is kept as text for the catalog, and refused elsewhere", () => {
  const exotic = "SELECT xmlelement(name x), relname OPERATOR(pg_catalog.~) '^x' COLLATE \"C\"";
  const [parsed] = parse(`SELECT 1;\n ${exotic} FROM pg_catalog.pg_class;`).slice(1);
  assert.ok(parsed?.statement.kind === "query");
  const mention = systemMentionOf(parsed.statement);
  assert.equal(mention?.text, `${exotic} FROM pg_catalog.pg_class`);
  assert.equal(mention.start, "SELECT 1;\n ".length);
  assert.equal(mention.refusal?.sqlstate, "0A000");
  assert.throws(() => parse("SELECT xmlelement(name x) FROM t"), SqlError);
});

test("a query inside PREPARE and DECLARE is known by its own text", () => {
  const text = "SELECT 'AS' FROM pg_class";
  const [prepare, declare] = parse(`PREPARE p AS ${text}; DECLARE c CURSOR FOR ${text}`);
  assert.ok(prepare?.statement.kind === "prepare" && declare?.statement.kind === "declareCursor");
  const { statement } = prepare.statement;
  assert.ok(statement.kind === "query");
  assert.equal(systemMentionOf(statement)?.text, text);
  assert.equal(systemMentionOf(statement)?.start, "PREPARE p AS ".length);
  assert.equal(systemMentionOf(declare.statement.query)?.text, text);
});
