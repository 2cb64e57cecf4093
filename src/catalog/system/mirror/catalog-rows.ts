import type { MirrorRelation, MirrorSchema, MirrorTable } from "./mirror-state.js";
import type { Template } from "./template.js";

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
/** A row of a catalog, as far as it differs from the template's; by column name. */
export type CatalogRow = Readonly<Record<string, Json>>;

/** Rows to add, by catalog. */
export interface CatalogRows {
  readonly pg_namespace: CatalogRow[];
  readonly pg_class: CatalogRow[];
  readonly pg_type: CatalogRow[];
  readonly pg_attribute: CatalogRow[];
  readonly pg_foreign_table: CatalogRow[];
  readonly pg_constraint: CatalogRow[];
  readonly pg_depend: CatalogRow[];
  readonly pg_shdepend: CatalogRow[];
  readonly pg_description: CatalogRow[];
}

export const BOOTSTRAP_ROLE = 10;
const BLOCK_BYTES = 8192;
/** Room above all OIDs the engine gives out: row types and their arrays follow from the relation. */
const FIRST_TYPE_OID = 1_000_000_000;
const FIRST_ARRAY_OID = 1_500_000_000;

export function rowTypeOid(relationOid: number): number {
  return FIRST_TYPE_OID + relationOid;
}

export function arrayTypeOid(relationOid: number): number {
  return FIRST_ARRAY_OID + relationOid;
}

export function noRows(): CatalogRows {
  return {
    pg_namespace: [],
    pg_class: [],
    pg_type: [],
    pg_attribute: [],
    pg_foreign_table: [],
    pg_constraint: [],
    pg_depend: [],
    pg_shdepend: [],
    pg_description: [],
  };
}

export function addSchema(rows: CatalogRows, schema: MirrorSchema, { classes }: Template): void {
  const { oid, name, ownerOid, acl, comment } = schema;
  const nspowner = ownerOid ?? BOOTSTRAP_ROLE;
  rows.pg_namespace.push({ oid, nspname: name, nspowner, nspacl: acl ?? null });
  addOwner(rows, classes.pg_namespace, oid, ownerOid);
  addComment(rows, classes.pg_namespace, oid, 0, comment);
}

/** A foreign table as CREATE FOREIGN TABLE would leave it in the catalogs. */
export function addTable(
  rows: CatalogRows,
  table: MirrorTable,
  arrayName: string,
  template: Template,
): void {
  const { oid, schemaOid, name, columns, rowCount, sizeBytes, options, acl } = table;
  const { classes } = template;
  const relowner = table.ownerOid ?? BOOTSTRAP_ROLE;
  rows.pg_class.push({
    oid,
    relname: name,
    relnamespace: schemaOid,
    reltype: rowTypeOid(oid),
    relowner,
    relnatts: columns.length,
    relpages: Math.min(Math.ceil(sizeBytes / BLOCK_BYTES), 2 ** 31 - 1),
    reltuples: rowCount,
    relacl: acl ?? null,
  });
  addTypes(rows, table, arrayName, template);
  rows.pg_foreign_table.push({ ftrelid: oid, ftserver: template.serverOid, ftoptions: options });
  const [self, schema] = [classes.pg_class, classes.pg_namespace];
  rows.pg_depend.push(depend(self, oid, schema, schemaOid, "n"));
  rows.pg_depend.push(depend(self, oid, classes.pg_foreign_server, template.serverOid, "n"));
  columns.forEach((column, index) => {
    const attnum = index + 1;
    rows.pg_attribute.push({
      attrelid: oid,
      attname: column.name,
      atttypid: column.typeOid,
      attnum,
      atttypmod: column.typmod,
      attnotnull: !column.nullable,
      attacl: column.acl ?? null,
      // As before 17, when it became NULL: a dump would set another one.
      attstattarget: -1,
    });
    if (!column.nullable && template.notNullConstraint) addNotNull(rows, table, attnum);
  });
  for (const system of template.systemColumns) rows.pg_attribute.push({ ...system, attrelid: oid });
  addOwner(rows, classes.pg_class, oid, table.ownerOid);
  addComments(rows, table, template);
}

/** Comments on a relation and its columns. */
export function addComments(
  rows: CatalogRows,
  { oid, comment, columns }: MirrorRelation,
  { classes }: Template,
): void {
  addComment(rows, classes.pg_class, oid, 0, comment);
  columns.forEach((column, index) => {
    addComment(rows, classes.pg_class, oid, index + 1, column.comment);
  });
}

/** That a role owns an object; the bootstrap superuser needs no saying. */
export function addOwner(
  rows: CatalogRows,
  classid: number,
  objid: number,
  ownerOid: number | undefined,
): void {
  if (ownerOid === undefined || ownerOid === BOOTSTRAP_ROLE) return;
  rows.pg_shdepend.push({ classid, objid, refobjid: ownerOid });
}

function addTypes(
  rows: CatalogRows,
  table: MirrorTable,
  arrayName: string,
  template: Template,
): void {
  const { oid, schemaOid, name } = table;
  const typowner = table.ownerOid ?? BOOTSTRAP_ROLE;
  const shared = { typnamespace: schemaOid, typowner };
  const [type, array] = [rowTypeOid(oid), arrayTypeOid(oid)];
  const { rowType, arrayType, classes } = template;
  rows.pg_type.push(
    { ...rowType, ...shared, oid: type, typname: name, typrelid: oid, typarray: array },
    { ...arrayType, ...shared, oid: array, typname: arrayName, typelem: type },
  );
  rows.pg_depend.push(depend(classes.pg_type, type, classes.pg_class, oid, "i"));
  rows.pg_depend.push(depend(classes.pg_type, array, classes.pg_type, type, "i"));
}

const NAME_BYTES = 63;

/**
 * The name of a relation's array type: `_name`, as PostgreSQL takes, unless a relation of the schema
 * is called that; then one that no other array type can have.
 */
export function arrayTypeName(
  { name, oid }: Pick<MirrorRelation, "name" | "oid">,
  taken: (name: string) => boolean,
): string {
  const plain = clipped(`_${name}`);
  return taken(plain) ? clipped(`_${String(oid)}_${name}`) : plain;
}

function addNotNull(
  rows: CatalogRows,
  { oid, schemaOid, name, columns }: MirrorTable,
  attnum: number,
): void {
  const column = columns[attnum - 1]?.name ?? "";
  const conname = clipped(`${name}_${column}_not_null`);
  // Numbered where the row is written: the engine knows no such object.
  rows.pg_constraint.push({ conname, connamespace: schemaOid, conrelid: oid, conkey: [attnum] });
}

function clipped(name: string): string {
  const bytes = Buffer.from(name);
  if (bytes.length <= NAME_BYTES) return name;
  return bytes
    .subarray(0, NAME_BYTES)
    .toString("utf8")
    .replace(/\ufffd+$/, "");
}

function addComment(
  rows: CatalogRows,
  classoid: number,
  objoid: number,
  objsubid: number,
  description: string | undefined,
): void {
  if (description !== undefined) {
    rows.pg_description.push({ objoid, classoid, objsubid, description });
  }
}

function depend(
  classid: number,
  objid: number,
  refclassid: number,
  refobjid: number,
  deptype: string,
): CatalogRow {
  return { classid, objid, objsubid: 0, refclassid, refobjid, refobjsubid: 0, deptype };
}
