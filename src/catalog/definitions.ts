import {
  cannotCreateInSystemSchema,
  cannotDropViewColumns,
  cannotRenameViewColumn,
  cannotRetypeViewColumn,
  columnLeftOut,
  columnTwice,
  dependentsExist,
  dependentsOfSeveralExist,
  dropCascades,
  duplicateRelation,
  duplicateSchema,
  noReadableColumns,
  relationExistsSkipping,
  schemaExistsSkipping,
  unacceptableSchemaName,
  undefinedSchema,
  wrongKindOfRelation,
  type SqlError,
} from "../errors/index.js";
import { formatType, sameType, type SqlType } from "../types/index.js";
import {
  isSystemSchema,
  type CatalogVersion,
  type RelationEntry,
  type SchemaEntry,
  type TableEntry,
  type ViewEntry,
} from "./catalog-version.js";
import { absolutePath, findTables } from "./files/data-files.js";
import {
  foldName,
  inferColumns,
  relationColumns,
  type DeclaredColumn,
} from "./files/table-columns.js";
import type { PinnedRelations } from "./pinned-relations.js";
import type { RelationName } from "./snapshot.js";
import { BOOTSTRAP_ROLE } from "./security/role.js";
import type { SecurityVersion } from "./security/security-version.js";

/** Takes the NOTICEs and WARNINGs of a command. */
export type NoticeSink = (condition: SqlError) => void;

export interface TableDefinition extends RelationName {
  readonly ifNotExists: boolean;
  /** Empty: as the files say. */
  readonly columns: readonly DeclaredColumn[];
  readonly path: string;
}

export interface SchemaImport {
  readonly schema: string;
  readonly path: string;
  /** Whether a table of that folded name is wanted. */
  readonly wanted: (name: string) => boolean;
}

export type ViewDefinition = Omit<ViewEntry, "oid" | "kind"> & { readonly replace: boolean };

/** What a transaction has made of the definitions so far, and of which it made it. Immutable. */
export interface CatalogDraft {
  readonly base: CatalogVersion;
  readonly version: CatalogVersion;
}

/** What editing needs of its surroundings. */
export interface DefinitionServices {
  readonly pinned: PinnedRelations;
  readonly newOid: () => number;
  /** A number that no other draft has. */
  readonly newDraftNumber: () => bigint;
}

/**
 * Edits what is defined, in memory: nobody else sees it before it is committed as a draft. A call
 * that fails has changed nothing.
 */
export class Definitions {
  constructor(
    private readonly base: CatalogVersion,
    private version: CatalogVersion,
    private readonly services: DefinitionServices,
  ) {}

  get current(): CatalogVersion {
    return this.version;
  }

  /** What to commit; null where nothing differs. */
  draft(): CatalogDraft | null {
    const { base, version } = this;
    if (version === base) return null;
    return { base, version: version.numbered(this.services.newDraftNumber()) };
  }

  createSchema(
    name: string,
    ifNotExists: boolean,
    notice: NoticeSink,
    owner = BOOTSTRAP_ROLE,
  ): void {
    if (name.startsWith("pg_")) throw unacceptableSchemaName(name);
    if (this.version.hasSchema(name)) {
      if (!ifNotExists) throw duplicateSchema(name);
      notice(schemaExistsSkipping(name));
      return;
    }
    const oid = this.services.newOid();
    const after = this.version.withSchema({ oid, name });
    const security = after.security.withNewObjects([oid], "schema", owner, undefined);
    this.version = after.withSecurity(security);
  }

  async createTable(
    definition: TableDefinition,
    notice: NoticeSink,
    owner = BOOTSTRAP_ROLE,
  ): Promise<void> {
    const { schema, name, ifNotExists, columns: declared } = definition;
    this.checkSchema(definition);
    if (ifNotExists && this.version.relation(definition) !== undefined) {
      notice(relationExistsSkipping(name));
      return;
    }
    this.checkFree(definition);
    checkNamesDiffer(declared);
    const location = absolutePath(definition.path);
    const columns = await this.columnsOf(location, declared, notice);
    this.addTables([{ schema, name, path: definition.path, location, columns }], owner);
  }

  /** All tables that a directory holds, or none. */
  async importSchema(
    request: SchemaImport,
    notice: NoticeSink,
    owner = BOOTSTRAP_ROLE,
  ): Promise<void> {
    const { schema, path, wanted } = request;
    this.checkSchema({ schema, name: "*" });
    const directory = absolutePath(path);
    const found = await findTables(directory);
    const tables: Omit<TableEntry, "oid" | "kind">[] = [];
    for (const table of found) {
      const name = foldName(table.name);
      if (!wanted(name)) continue;
      this.checkFree({ schema, name });
      if (tables.some((other) => other.name === name)) throw duplicateRelation(name);
      const columns = await this.columnsOf(table.location, [], notice);
      tables.push({ schema, name, path: table.location, location: table.location, columns });
    }
    if (tables.length > 0) this.addTables(tables, owner);
  }

  createView(definition: ViewDefinition, owner = BOOTSTRAP_ROLE): void {
    const { replace, ...view } = definition;
    this.checkSchema(view);
    checkNamesDiffer(view.columns);
    const existing = this.version.relation(view);
    if (existing !== undefined) {
      if (!replace) throw duplicateRelation(view.name);
      if (existing.kind !== "view") throw wrongKindOfRelation(view.name, "view");
      checkReplacement(existing.columns, view.columns);
    }
    const entry = { kind: "view", oid: existing?.oid ?? this.services.newOid(), ...view } as const;
    if (existing !== undefined) this.version = this.version.withRelations([entry]);
    else this.addRelations([entry], owner);
  }

  /**
   * Drops schemas and relations that exist, with what depends on them where `cascade`; 2BP01 where
   * something does and it was not asked for. `describe` prints an object as DROP's messages do.
   */
  drop(
    schemas: readonly SchemaEntry[],
    relations: readonly RelationEntry[],
    cascade: boolean,
    describe: (entry: RelationEntry) => string,
    notice: NoticeSink,
  ): void {
    const targets = new Set(relations);
    const found = new Map<RelationEntry, string>();
    // PostgreSQL looks at the newest first, and tells of what it finds last before all else.
    const visit = (entries: readonly RelationEntry[], on: string): void => {
      for (const entry of entries.toSorted((a, b) => b.oid - a.oid)) {
        if (found.has(entry)) continue;
        visit(this.version.viewsReading(entry.oid), describe(entry));
        found.set(entry, on);
      }
    };
    for (const { name } of schemas) visit(this.version.relationsIn(name), `schema ${name}`);
    for (const entry of relations) visit([entry], "");
    const dependents = new Map([...found].reverse().filter(([entry]) => !targets.has(entry)));
    if (dependents.size > 0 && !cascade) {
      throw blocked(schemas, relations, dependents, describe);
    }
    this.version = this.version.without(schemas, [...targets, ...dependents.keys()]);
    if (dependents.size > 0) notice(dropCascades([...dependents.keys()].map(describe)));
  }

  /** Changes roles and rights; `edit` sees them as they are and may take OIDs for new roles. */
  changeSecurity(edit: (before: SecurityVersion, newOid: () => number) => SecurityVersion): void {
    const { version, services } = this;
    this.version = version.withSecurity(edit(version.security, services.newOid));
  }

  /** Sets the comment on an object, or on its column of that number (from 1). */
  setComment(oid: number, column: number | undefined, comment: string | undefined): void {
    this.version = this.version.withComment(oid, column ?? 0, comment);
  }

  private addTables(tables: readonly Omit<TableEntry, "oid" | "kind">[], owner: number): void {
    const { newOid } = this.services;
    const entries = tables.map((table) => ({ kind: "table", oid: newOid(), ...table }) as const);
    this.addRelations(entries, owner);
  }

  private addRelations(entries: readonly RelationEntry[], owner: number): void {
    const { version } = this;
    let { security } = version;
    for (const { oid, schema } of entries) {
      const schemaOid = version.schemas.get(schema)?.oid ?? 0;
      security = security.withNewObjects([oid], "relation", owner, schemaOid);
    }
    this.version = version.withRelations(entries).withSecurity(security);
  }

  /** The columns a table over these files has; checks declared ones against the files. */
  private async columnsOf(
    location: string,
    declared: readonly DeclaredColumn[],
    notice: NoticeSink,
  ): Promise<readonly DeclaredColumn[]> {
    const files = await this.services.pinned.pin(location);
    if (declared.length > 0) {
      relationColumns(declared, files);
      return declared;
    }
    const { columns, leftOut } = inferColumns(files);
    if (columns.length === 0) throw noReadableColumns(location);
    relationColumns(columns, files);
    for (const { name, path, reason } of leftOut) notice(columnLeftOut(name, path, reason));
    return columns;
  }

  private checkSchema({ schema, name }: RelationName): void {
    if (isSystemSchema(schema)) throw cannotCreateInSystemSchema(`${schema}.${name}`);
    if (!this.version.hasSchema(schema)) throw undefinedSchema(schema, undefined);
  }

  private checkFree(name: RelationName): void {
    if (this.version.relation(name) !== undefined) throw duplicateRelation(name.name);
  }
}

function checkNamesDiffer(columns: readonly { readonly name: string }[]): void {
  const seen = new Set<string>();
  for (const { name } of columns) {
    if (seen.has(name)) throw columnTwice(name);
    seen.add(name);
  }
}

interface ViewColumn {
  readonly name: string;
  readonly type: SqlType;
}

/** CREATE OR REPLACE may add columns behind those there are, and nothing else. */
export function checkReplacement(
  before: readonly ViewColumn[],
  after: readonly ViewColumn[],
): void {
  if (after.length < before.length) throw cannotDropViewColumns();
  before.forEach(({ name, type }, index) => {
    const column = after[index];
    if (column === undefined) return;
    if (column.name !== name) throw cannotRenameViewColumn(name, column.name);
    if (!sameType(column.type, type)) {
      throw cannotRetypeViewColumn(name, formatType(type), formatType(column.type));
    }
  });
}

function blocked(
  schemas: readonly SchemaEntry[],
  relations: readonly RelationEntry[],
  dependents: ReadonlyMap<RelationEntry, string>,
  describe: (entry: RelationEntry) => string,
): SqlError {
  const lines = [...dependents].map(([entry, on]) => `${describe(entry)} depends on ${on}`);
  const names = [...schemas.map(({ name }) => `schema ${name}`), ...relations.map(describe)];
  const [only, ...more] = names;
  if (only === undefined || more.length > 0) return dependentsOfSeveralExist(lines);
  return dependentsExist(only, lines);
}
