import type { SqlType } from "../types/index.js";
import type { DeclaredColumn } from "./files/table-columns.js";
import { SecurityVersion } from "./security/security-version.js";
import type { RelationName } from "./snapshot.js";

export interface SchemaEntry {
  readonly oid: number;
  readonly name: string;
}

/** A foreign table's definition. */
export interface TableEntry {
  readonly kind: "table";
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  /** As the user wrote it. */
  readonly path: string;
  /** The same, absolute: a file, a directory or a pattern. */
  readonly location: string;
  readonly columns: readonly DeclaredColumn[];
}

/** A view's definition. */
export interface ViewEntry {
  readonly kind: "view";
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: SqlType }[];
  readonly queryText: string;
  readonly searchPath: readonly string[];
  /** OIDs of the relations its query names. */
  readonly reads: readonly number[];
}

export type RelationEntry = TableEntry | ViewEntry;

/** Schemas that every database has and nobody changes. */
const SYSTEM_SCHEMAS = new Set(["pg_catalog", "information_schema"]);

export function isSystemSchema(name: string): boolean {
  return SYSTEM_SCHEMAS.has(name);
}

/** All definitions at one moment. Immutable; a change makes another one. */
export class CatalogVersion {
  private readonly byName = new Map<string, RelationEntry>();

  constructor(
    readonly number: bigint,
    readonly schemas: ReadonlyMap<string, SchemaEntry>,
    readonly relations: ReadonlyMap<number, RelationEntry>,
    readonly security: SecurityVersion = SecurityVersion.initial(),
  ) {
    for (const entry of relations.values()) this.byName.set(keyOf(entry), entry);
  }

  hasSchema(name: string): boolean {
    return this.schemas.has(name) || isSystemSchema(name);
  }

  relation(name: RelationName): RelationEntry | undefined {
    return this.byName.get(keyOf(name));
  }

  relationsIn(schema: string): readonly RelationEntry[] {
    return [...this.relations.values()].filter((entry) => entry.schema === schema);
  }

  /** Views whose query names the relation, as far as their definition says so. */
  viewsReading(oid: number): readonly ViewEntry[] {
    return [...this.relations.values()].filter(
      (entry): entry is ViewEntry => entry.kind === "view" && entry.reads.includes(oid),
    );
  }

  withSchema(number: bigint, schema: SchemaEntry): CatalogVersion {
    return new CatalogVersion(
      number,
      new Map(this.schemas).set(schema.name, schema),
      this.relations,
      this.security,
    );
  }

  withRelations(number: bigint, entries: readonly RelationEntry[]): CatalogVersion {
    const relations = new Map(this.relations);
    for (const entry of entries) relations.set(entry.oid, entry);
    return new CatalogVersion(number, this.schemas, relations, this.security);
  }

  without(
    number: bigint,
    schemas: readonly SchemaEntry[],
    entries: readonly RelationEntry[],
  ): CatalogVersion {
    const [keptSchemas, kept] = [new Map(this.schemas), new Map(this.relations)];
    for (const { name } of schemas) keptSchemas.delete(name);
    for (const { oid } of entries) kept.delete(oid);
    const gone = [...schemas, ...entries].map(({ oid }) => oid);
    const security = this.security.withoutObjects(gone);
    return new CatalogVersion(number, keptSchemas, kept, security);
  }

  withSecurity(number: bigint, security: SecurityVersion): CatalogVersion {
    return new CatalogVersion(number, this.schemas, this.relations, security);
  }
}

function keyOf({ schema, name }: RelationName): string {
  return `${schema}\0${name}`;
}
