import { bindTypeName } from "../../../binder/index.js";
import type { DeclaredColumn, Definitions } from "../../../catalog/index.js";
import {
  featureNotSupported,
  invalidOption,
  serverExists,
  serverExistsSkipping,
  serversAreBuiltIn,
  undefinedSchema,
} from "../../../errors/index.js";
import type {
  ColumnDefinition,
  CreateForeignTable,
  CreateSchema,
  CreateServer,
  ImportForeignSchema,
} from "../../../parser/index.js";
import type { StatementContext } from "../../planner.js";
import { actorOf, namedRole } from "../access/actor.js";
import { Rights } from "../access/rights.js";
import { checkServer, pathOption, SERVERS } from "./foreign-options.js";
import { creationName } from "./object-names.js";

/** Collations that are the database's own. */
const COLLATIONS: ReadonlySet<string> = new Set(["default", "C", "C.UTF-8", "POSIX", "ucs_basic"]);

export function createSchema(
  statement: CreateSchema,
  definitions: Definitions,
  context: StatementContext,
): void {
  const version = definitions.current;
  const { security } = version;
  const rights = Rights.of(context, version);
  const { authorization } = statement;
  const named =
    authorization === undefined
      ? undefined
      : namedRole(authorization, actorOf(context, security), security);
  const name = statement.name ?? named?.name ?? context.settings.currentUser;
  rights.checkCreatesSchemas();
  if (named !== undefined) rights.checkMemberOf(named.oid);
  const owner = named?.oid ?? rights.role;
  definitions.createSchema(name, statement.ifNotExists, context.notice, owner);
}

export async function createForeignTable(
  statement: CreateForeignTable,
  definitions: Definitions,
  context: StatementContext,
): Promise<void> {
  const { table, ifNotExists, server, options } = statement;
  const name = creationName(table, definitions.current, context);
  checkServer(server);
  const rights = Rights.of(context, definitions.current);
  rights.checkUsesServer(server);
  const path = pathOption(options, "CREATE FOREIGN TABLE");
  const columns = statement.columns.map(declaredColumn);
  const definition = { ...name, ifNotExists, columns, path };
  await definitions.createTable(definition, context.notice, rights.role);
}

function declaredColumn(column: ColumnDefinition): DeclaredColumn {
  const [option] = column.options;
  if (option !== undefined) throw invalidOption(option.name, []);
  const collation = column.collation?.at(-1);
  if (collation !== undefined && !COLLATIONS.has(collation)) {
    throw featureNotSupported(`collation "${collation}" is not supported`, column.position);
  }
  return { name: column.name, type: bindTypeName(column.type), nullable: !column.notNull };
}

export async function importForeignSchema(
  statement: ImportForeignSchema,
  definitions: Definitions,
  context: StatementContext,
): Promise<void> {
  const { server, localSchema, remoteSchema, selection, options } = statement;
  checkServer(server);
  if (!definitions.current.hasSchema(localSchema)) throw undefinedSchema(localSchema, undefined);
  const rights = Rights.of(context, definitions.current);
  rights.checkUsesServer(server);
  rights.checkCreatesIn(localSchema);
  const path = pathOption(options, "IMPORT FOREIGN SCHEMA", remoteSchema);
  const named = new Set(selection.kind === "all" ? [] : selection.tables);
  const wanted = (name: string): boolean =>
    selection.kind === "all" || named.has(name) === (selection.kind === "limitTo");
  const request = { schema: localSchema, path, wanted };
  await definitions.importSchema(request, context.notice, rights.role);
}

export function createServer(statement: CreateServer, context: StatementContext): void {
  const { name, ifNotExists } = statement;
  if (!SERVERS.has(name)) throw serversAreBuiltIn("CREATE SERVER");
  if (!ifNotExists) throw serverExists(name);
  context.notice(serverExistsSkipping(name));
}
