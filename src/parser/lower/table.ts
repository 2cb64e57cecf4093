import type {
  ColumnDef,
  Constraint,
  CreateStmt,
  CreateTableAsStmt,
  InsertStmt,
  IntoClause,
  Node,
  OnCommitAction,
  RangeVar,
  SelectStmt,
  TruncateStmt,
} from "libpg-query";
import type {
  CreateTable,
  CreateTableAs,
  Insert,
  InsertColumn,
  InsertSource,
  OnCommit,
  Query,
  Statement,
  TableColumn,
} from "../ast/index.js";
import { constructNotSupported, featureNotSupported, invariant } from "../../errors/index.js";
import { bodyIf, itemsOf, locationOf, stringsOf } from "../grammar/node.js";
import { freeze, type Lowering } from "./context.js";
import { lowerColumn, lowerTableName } from "./from.js";
import { lowerItem, lowerWith } from "./select.js";
import { unsupported } from "./unsupported.js";

const ON_COMMIT: Readonly<Record<OnCommitAction, OnCommit>> = {
  ONCOMMIT_NOOP: "preserve",
  ONCOMMIT_PRESERVE_ROWS: "preserve",
  ONCOMMIT_DELETE_ROWS: "delete",
  ONCOMMIT_DROP: "drop",
};

/** Whether a relation is to be the session's own: said so, or by its schema. */
function isTemporary(relation: RangeVar | undefined): boolean {
  return relation?.relpersistence === "t" || relation?.schemaname === "pg_temp";
}

export function lowerCreateTable(raw: CreateStmt, context: Lowering): CreateTable | Statement {
  const { relation } = raw;
  if (relation === undefined || !isTemporary(relation)) return unsupported({ CreateStmt: raw });
  const position = context.at(relation.location);
  const clauses: readonly (readonly [unknown, string])[] = [
    [raw.partbound, "PARTITION OF"],
    [raw.partspec, "PARTITION BY"],
    [raw.inhRelations, "INHERITS"],
    [raw.ofTypename, "CREATE TABLE OF"],
    [raw.options, "CREATE TABLE ... WITH (...)"],
    [raw.tablespacename, "TABLESPACE"],
    [raw.accessMethod, "USING"],
  ];
  for (const [clause, name] of clauses) {
    if (clause !== undefined) throw constructNotSupported(name, position);
  }
  return freeze({
    kind: "createTable",
    table: lowerTableName(relation, context),
    ifNotExists: raw.if_not_exists ?? false,
    columns: context.list(raw.tableElts, (node) => lowerElement(node, context)),
    onCommit: ON_COMMIT[raw.oncommit ?? "ONCOMMIT_NOOP"],
    position: undefined,
  });
}

function lowerElement(node: Node, context: Lowering): TableColumn {
  const column = bodyIf("ColumnDef", node);
  if (column !== undefined) return lowerTableColumn(column, context);
  const constraint = bodyIf("Constraint", node);
  if (constraint !== undefined) throw constraintNotSupported(constraint, context);
  const like = bodyIf("TableLikeClause", node);
  throw constructNotSupported("LIKE", context.at(like?.relation?.location ?? locationOf(node)));
}

function lowerTableColumn(raw: ColumnDef, context: Lowering): TableColumn {
  let notNull = raw.is_not_null ?? false;
  let defaultNode: Node | undefined;
  for (const node of raw.constraints ?? []) {
    const constraint = bodyIf("Constraint", node);
    if (constraint?.contype === "CONSTR_NOTNULL") notNull = true;
    else if (constraint?.contype === "CONSTR_DEFAULT") defaultNode = constraint.raw_expr;
    else if (constraint !== undefined && constraint.contype !== "CONSTR_NULL") {
      throw constraintNotSupported(constraint, context);
    }
  }
  const definition = freeze({ ...lowerColumn(raw, context), notNull });
  return freeze({ definition, defaultValue: context.optional(defaultNode) });
}

const CONSTRAINT_WORDS: { readonly [K in NonNullable<Constraint["contype"]>]?: string } = {
  CONSTR_CHECK: "check constraints",
  CONSTR_EXCLUSION: "exclusion constraints",
  CONSTR_FOREIGN: "foreign key constraints",
  CONSTR_GENERATED: "generated columns",
  CONSTR_IDENTITY: "identity columns",
  CONSTR_PRIMARY: "primary key constraints",
  CONSTR_UNIQUE: "unique constraints",
};

function constraintNotSupported(raw: Constraint, context: Lowering): Error {
  const words = CONSTRAINT_WORDS[raw.contype ?? "CONSTR_CHECK"] ?? "constraints";
  const what = `${words} are not supported on temporary tables`;
  return featureNotSupported(what, context.at(raw.location));
}

export function lowerCreateTableAs(
  raw: CreateTableAsStmt,
  context: Lowering,
): CreateTableAs | Statement {
  const isTable = raw.objtype === "OBJECT_TABLE" && isTemporary(raw.into?.rel);
  if (!isTable || raw.into === undefined) return unsupported({ CreateTableAsStmt: raw });
  const select = bodyIf("SelectStmt", raw.query);
  if (select === undefined) {
    throw constructNotSupported("CREATE TABLE ... AS EXECUTE", context.at(raw.into.rel?.location));
  }
  return tableAs(raw.into, context.query(select), raw.if_not_exists ?? false, context);
}

/** SELECT INTO: the clause belongs to the first SELECT of a chain of set operations. */
export function lowerSelectInto(raw: SelectStmt, context: Lowering): CreateTableAs | Statement {
  const into = intoOf(raw);
  invariant(into !== undefined, "SELECT INTO without its clause");
  if (!isTemporary(into.rel)) return unsupported({ SelectStmt: raw });
  return tableAs(into, context.query(withoutInto(raw)), false, context);
}

export function intoOf(raw: SelectStmt): IntoClause | undefined {
  let select = raw;
  while (select.larg !== undefined) select = select.larg;
  return select.intoClause;
}

function withoutInto(raw: SelectStmt): SelectStmt {
  if (raw.larg !== undefined) return { ...raw, larg: withoutInto(raw.larg) };
  const { intoClause: _into, ...rest } = raw;
  return rest;
}

function tableAs(
  into: IntoClause,
  query: Query,
  ifNotExists: boolean,
  context: Lowering,
): CreateTableAs {
  const relation = into.rel ?? {};
  const position = context.at(relation.location);
  if (into.options !== undefined) throw constructNotSupported("CREATE TABLE ... WITH", position);
  if (into.accessMethod !== undefined) throw constructNotSupported("USING", position);
  if (into.tableSpaceName !== undefined) throw constructNotSupported("TABLESPACE", position);
  return freeze({
    kind: "createTableAs",
    table: lowerTableName(relation, context),
    ifNotExists,
    columns: stringsOf(into.colNames),
    query,
    withData: into.skipData !== true,
    onCommit: ON_COMMIT[into.onCommit ?? "ONCOMMIT_NOOP"],
    position: undefined,
  });
}

export function lowerInsert(raw: InsertStmt, context: Lowering): Insert {
  const relation = raw.relation ?? {};
  const position = context.at(relation.location);
  if (raw.onConflictClause !== undefined) throw constructNotSupported("ON CONFLICT", position);
  const override = raw.override ?? "OVERRIDING_NOT_SET";
  if (override !== "OVERRIDING_NOT_SET") throw constructNotSupported("OVERRIDING", position);
  return freeze({
    kind: "insert",
    table: lowerTableName(relation, context),
    alias: relation.alias?.aliasname,
    columns: context.list(raw.cols, (node) => lowerInsertColumn(node, context)),
    source: lowerSource(raw, context),
    returning: context.list(raw.returningClause?.exprs, (node) => lowerItem(node, context)),
    position: undefined,
  });
}

function lowerInsertColumn(node: Node, context: Lowering): InsertColumn {
  const target = bodyIf("ResTarget", node);
  invariant(target !== undefined, "column of INSERT expected");
  const position = context.at(target.location);
  if (target.indirection !== undefined) throw constructNotSupported("INSERT into a part", position);
  return freeze({ name: target.name ?? "", position });
}

function lowerSource(raw: InsertStmt, context: Lowering): InsertSource {
  const select = bodyIf("SelectStmt", raw.selectStmt);
  if (select === undefined) return freeze({ kind: "defaults" });
  const isPlainValues =
    select.valuesLists !== undefined &&
    raw.withClause === undefined &&
    select.withClause === undefined &&
    select.sortClause === undefined &&
    select.limitCount === undefined &&
    select.limitOffset === undefined;
  if (isPlainValues) {
    const rows = context.list(select.valuesLists, (row) =>
      Object.freeze(itemsOf(row).map((cell) => lowerCell(cell, context))),
    );
    return freeze({ kind: "values", rows });
  }
  const query = context.query(select);
  if (raw.withClause === undefined) return freeze({ kind: "query", query });
  const position = context.at(raw.withClause.location);
  if (query.with !== undefined) throw constructNotSupported("WITH twice", position);
  const common = lowerWith(raw.withClause, context);
  return freeze({ kind: "query", query: freeze({ ...query, with: common }) });
}

function lowerCell(node: Node, context: Lowering) {
  return "SetToDefault" in node ? undefined : context.expression(node);
}

export function lowerTruncate(raw: TruncateStmt, context: Lowering): Statement {
  return freeze({
    kind: "truncate",
    tables: context.list(raw.relations, (node) => {
      const relation = bodyIf("RangeVar", node);
      return lowerTableName(relation ?? {}, context);
    }),
    position: undefined,
  });
}
