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
  invariant,
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
import type { MetadataStore } from "./store/metadata-store.js";

/** Takes the NOTICEs and WARNINGs of a command. */
export type NoticeSink = (condition: SqlError) => void;

/** Told of what was done. */
export interface DefinitionListener {
  tableCreated(entry: TableEntry): void;
  relationDropped(oid: number): void;
}

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

/** Changes what is defined. Each call is one commit, or fails and has changed nothing. */
export class Definitions {
  private version: CatalogVersion;

  constructor(
    private readonly store: MetadataStore,
    private readonly pinned: PinnedRelations,
    private readonly listener: DefinitionListener,
  ) {
    this.version = store.load();
  }

  get current(): CatalogVersion {
    return this.version;
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
    this.version = this.store.createSchema(this.version, name, owner);
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
    // Reading files took time in which another session may have come first.
    this.checkSchema(definition);
    this.checkFree(definition);
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
    this.checkSchema({ schema, name: "*" });
    for (const table of tables) this.checkFree(table);
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
    this.version = this.store.createView(this.version, view, existing, owner);
    if (existing !== undefined) this.listener.relationDropped(existing.oid);
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
    const targets = new Set<RelationEntry>(relations);
    const dependents = new Map<RelationEntry, string>();
    const add = (entry: RelationEntry, on: string): void => {
      if (targets.has(entry) || dependents.has(entry)) return;
      dependents.set(entry, on);
      addViews(entry);
    };
    const addViews = (entry: RelationEntry): void => {
      for (const view of this.version.viewsReading(entry.oid)) add(view, describe(entry));
    };
    for (const { name } of schemas) {
      for (const entry of this.version.relationsIn(name)) add(entry, `schema ${name}`);
    }
    for (const entry of relations) addViews(entry);
    if (dependents.size > 0 && !cascade) {
      throw blocked(schemas, relations, dependents, describe);
    }
    this.version = this.store.drop(this.version, schemas, [...targets, ...dependents.keys()]);
    for (const { oid } of [...targets, ...dependents.keys()]) this.listener.relationDropped(oid);
    if (dependents.size > 0) notice(dropCascades([...dependents.keys()].map(describe)));
  }

  /** Changes roles and rights; `edit` sees them as they are and may take OIDs for new roles. */
  changeSecurity(edit: (before: SecurityVersion, newOid: () => number) => SecurityVersion): void {
    const { version } = this;
    const changed = this.store.changeSecurity(version, (newOid) => edit(version.security, newOid));
    this.version = changed;
  }

  /** Sets the comment on an object, or on its column of that number (from 1). */
  setComment(oid: number, column: number | undefined, comment: string | undefined): void {
    this.version = this.store.setComment(this.version, oid, column, comment);
  }

  comments(): ReturnType<MetadataStore["comments"]> {
    return this.store.comments();
  }

  comment(oid: number, column?: number): string | undefined {
    return this.store.comment(oid, column);
  }

  private addTables(tables: readonly Omit<TableEntry, "oid" | "kind">[], owner: number): void {
    this.version = this.store.createTables(this.version, tables, owner);
    for (const table of tables) {
      const entry = this.version.relation(table);
      invariant(entry?.kind === "table", "a table that was just made");
      this.listener.tableCreated(entry);
    }
  }

  /** The columns a table over these files has; checks declared ones against the files. */
  private async columnsOf(
    location: string,
    declared: readonly DeclaredColumn[],
    notice: NoticeSink,
  ): Promise<readonly DeclaredColumn[]> {
    const files = await this.pinned.pin(location);
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
function checkReplacement(before: readonly ViewColumn[], after: readonly ViewColumn[]): void {
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
