import type {
  ColumnDef,
  CommentStmt,
  Constraint,
  CreateForeignServerStmt,
  CreateForeignTableStmt,
  CreateSchemaStmt,
  CreateStmt,
  DropStmt,
  ImportForeignSchemaStmt,
  ImportForeignSchemaType,
  Node,
  ViewStmt,
} from "libpg-query";
import type {
  ColumnDefinition,
  Comment,
  CreateForeignTable,
  CreateSchema,
  CreateServer,
  CreateView,
  Drop,
  ImportForeignSchema,
  ImportSelection,
  QualifiedName,
  Statement,
} from "../ast/index.js";
import { constructNotSupported, featureNotSupported, invariant } from "../../errors/index.js";
import { bodyIf, itemsOf, locationOf, stringsOf } from "../grammar/node.js";
import { freeze, type Lowering } from "./context.js";
import { lowerColumn, lowerTableName } from "./from.js";
import { droppableType } from "./object-type.js";
import { lowerStringOptions } from "./option.js";
import { lowerRoleName } from "./role.js";
import { textAfterKeyword } from "./source-text.js";
import { unsupported } from "./unsupported.js";

export function lowerCreateSchema(raw: CreateSchemaStmt, context: Lowering): CreateSchema {
  const [element] = raw.schemaElts ?? [];
  if (element !== undefined) {
    const what = "CREATE SCHEMA with schema elements";
    throw constructNotSupported(what, context.at(locationOf(element)));
  }
  return freeze({
    kind: "createSchema",
    name: raw.schemaname,
    authorization: raw.authrole === undefined ? undefined : lowerRoleName(raw.authrole, context),
    ifNotExists: raw.if_not_exists ?? false,
    position: undefined,
  });
}

export function lowerCreateForeignTable(
  raw: CreateForeignTableStmt,
  context: Lowering,
): CreateForeignTable {
  const base: CreateStmt = raw.base ?? {};
  const position = context.at(base.relation?.location);
  if (base.partbound !== undefined) throw constructNotSupported("PARTITION OF", position);
  if (base.inhRelations !== undefined) throw constructNotSupported("INHERITS", position);
  return freeze({
    kind: "createForeignTable",
    table: lowerTableName(base.relation ?? {}, context),
    ifNotExists: base.if_not_exists ?? false,
    columns: context.list(base.tableElts, (node) => lowerTableElement(node, context)),
    server: raw.servername ?? "",
    options: lowerStringOptions(raw.options, context),
    position: undefined,
  });
}

function lowerTableElement(node: Node, context: Lowering): ColumnDefinition {
  const column = bodyIf("ColumnDef", node);
  if (column !== undefined) return lowerForeignColumn(column, context);
  const constraint = bodyIf("Constraint", node);
  if (constraint !== undefined) throw constraintNotSupported(constraint, context);
  const like = bodyIf("TableLikeClause", node);
  const position = context.at(like?.relation?.location ?? locationOf(node));
  throw featureNotSupported("LIKE is not supported for creating foreign tables", position);
}

/** A foreign column may say NOT NULL and have options; files keep no other constraint. */
function lowerForeignColumn(raw: ColumnDef, context: Lowering): ColumnDefinition {
  let notNull = false;
  for (const node of raw.constraints ?? []) {
    const constraint = bodyIf("Constraint", node);
    if (constraint?.contype === "CONSTR_NOTNULL") notNull = true;
    else if (constraint !== undefined && constraint.contype !== "CONSTR_NULL") {
      throw constraintNotSupported(constraint, context);
    }
  }
  return freeze({
    ...lowerColumn(raw, context),
    notNull,
    options: lowerStringOptions(raw.fdwoptions, context),
  });
}

const CONSTRAINT_WORDS: { readonly [K in NonNullable<Constraint["contype"]>]?: string } = {
  CONSTR_CHECK: "check constraints",
  CONSTR_DEFAULT: "column defaults",
  CONSTR_EXCLUSION: "exclusion constraints",
  CONSTR_FOREIGN: "foreign key constraints",
  CONSTR_GENERATED: "generated columns",
  CONSTR_IDENTITY: "identity columns",
  CONSTR_PRIMARY: "primary key constraints",
  CONSTR_UNIQUE: "unique constraints",
};

function constraintNotSupported(raw: Constraint, context: Lowering): Error {
  const words = CONSTRAINT_WORDS[raw.contype ?? "CONSTR_CHECK"] ?? "constraints";
  const what = `${words} are not supported on foreign tables`;
  return featureNotSupported(what, context.at(raw.location));
}

export function lowerCreateServer(raw: CreateForeignServerStmt, context: Lowering): CreateServer {
  return freeze({
    kind: "createServer",
    name: raw.servername ?? "",
    ifNotExists: raw.if_not_exists ?? false,
    wrapper: raw.fdwname ?? "",
    serverType: raw.servertype,
    version: raw.version,
    options: lowerStringOptions(raw.options, context),
    position: undefined,
  });
}

const IMPORT_SELECTIONS: Readonly<Record<ImportForeignSchemaType, ImportSelection["kind"]>> = {
  FDW_IMPORT_SCHEMA_ALL: "all",
  FDW_IMPORT_SCHEMA_LIMIT_TO: "limitTo",
  FDW_IMPORT_SCHEMA_EXCEPT: "except",
};

export function lowerImportForeignSchema(
  raw: ImportForeignSchemaStmt,
  context: Lowering,
): ImportForeignSchema {
  const kind = IMPORT_SELECTIONS[raw.list_type ?? "FDW_IMPORT_SCHEMA_ALL"];
  const tables = context.list(raw.table_list, (node) => bodyIf("RangeVar", node)?.relname ?? "");
  return freeze({
    kind: "importForeignSchema",
    remoteSchema: raw.remote_schema ?? "",
    server: raw.server_name ?? "",
    localSchema: raw.local_schema ?? "",
    selection: kind === "all" ? freeze({ kind }) : freeze({ kind, tables }),
    options: lowerStringOptions(raw.options, context),
    position: undefined,
  });
}

export function lowerCreateView(raw: ViewStmt, context: Lowering): CreateView {
  const select = bodyIf("SelectStmt", raw.query);
  invariant(select !== undefined && raw.view !== undefined, "view without a query");
  const position = context.at(raw.view.location);
  const [option] = raw.options ?? [];
  if (option !== undefined) {
    throw constructNotSupported("CREATE VIEW ... WITH (...)", context.at(locationOf(option)));
  }
  if ((raw.withCheckOption ?? "NO_CHECK_OPTION") !== "NO_CHECK_OPTION") {
    throw constructNotSupported("WITH CHECK OPTION", position);
  }
  if (raw.view.relpersistence === "u") throw constructNotSupported("UNLOGGED VIEW", position);
  // The grammar writes RECURSIVE out as a WITH that has no place in the text.
  if (select.withClause?.location === -1) throw constructNotSupported("RECURSIVE VIEW", position);
  return freeze({
    kind: "createView",
    view: lowerTableName(raw.view, context),
    replace: raw.replace ?? false,
    temporary: raw.view.relpersistence === "t",
    columns: stringsOf(raw.aliases),
    query: context.query(select),
    queryText: textAfterKeyword("as", context),
    position: undefined,
  });
}

/** DROP of what the tree has words for; anything else is `unsupported`. */
export function lowerDrop(raw: DropStmt, context: Lowering): Drop | Statement {
  const objectType = droppableType(raw.removeType);
  if (objectType === undefined) return unsupported({ DropStmt: raw });
  return freeze({
    kind: "drop",
    objectType,
    names: context.list(raw.objects, qualifiedName),
    ifExists: raw.missing_ok ?? false,
    cascade: raw.behavior === "DROP_CASCADE",
    position: undefined,
  });
}

function qualifiedName(node: Node): QualifiedName {
  return stringsOf(itemsOf(node));
}

export function lowerComment(raw: CommentStmt): Comment | Statement {
  const objectType = commentType(raw);
  if (objectType === undefined || raw.object === undefined)
    return unsupported({ CommentStmt: raw });
  return freeze({
    kind: "comment",
    objectType,
    name: qualifiedName(raw.object),
    comment: raw.comment,
    position: undefined,
  });
}

function commentType(raw: CommentStmt): Comment["objectType"] | undefined {
  if (raw.objtype === "OBJECT_COLUMN") return "column";
  if (raw.objtype === "OBJECT_DATABASE") return "database";
  return droppableType(raw.objtype);
}
