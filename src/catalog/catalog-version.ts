import type { SqlType } from "../types/index.js";
import type { DeclaredColumn } from "./files/table-columns.js";
import type { SecurityVersion } from "./security/security-version.js";
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

/** A comment on an object as a whole, column 0, or on one of its columns. */
export interface CommentEntry {
  readonly oid: number;
  readonly column: number;
  readonly text: string;
}

/** What is defined at one moment. */
export interface CatalogParts {
  /** By name. */
  readonly schemas: ReadonlyMap<string, SchemaEntry>;
  /** By OID. */
  readonly relations: ReadonlyMap<number, RelationEntry>;
  readonly security: SecurityVersion;
  /** By `commentKey`. */
  readonly comments: ReadonlyMap<string, CommentEntry>;
}

export function commentKey(oid: number, column: number): string {
  return `${String(oid)} ${String(column)}`;
}

/** All definitions at one moment. Immutable; a change makes another one of the same number. */
export class CatalogVersion implements CatalogParts {
  readonly schemas: ReadonlyMap<string, SchemaEntry>;
  readonly relations: ReadonlyMap<number, RelationEntry>;
  readonly security: SecurityVersion;
  readonly comments: ReadonlyMap<string, CommentEntry>;
  private readonly byName = new Map<string, RelationEntry>();

  /** `number`: from 0 what was committed, below 0 what a transaction has made so far. */
  constructor(
    readonly number: bigint,
    parts: CatalogParts,
  ) {
    this.schemas = parts.schemas;
    this.relations = parts.relations;
    this.security = parts.security;
    this.comments = parts.comments;
    for (const entry of parts.relations.values()) this.byName.set(keyOf(entry), entry);
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

  /** The comment on an object, or on its column of that number (from 1). */
  comment(oid: number, column = 0): string | undefined {
    return this.comments.get(commentKey(oid, column))?.text;
  }

  /** The same definitions under another number. */
  numbered(number: bigint): CatalogVersion {
    return new CatalogVersion(number, this);
  }

  withSchema(schema: SchemaEntry): CatalogVersion {
    return this.changed({ schemas: new Map(this.schemas).set(schema.name, schema) });
  }

  withRelations(entries: readonly RelationEntry[]): CatalogVersion {
    const relations = new Map(this.relations);
    for (const entry of entries) relations.set(entry.oid, entry);
    return this.changed({ relations });
  }

  without(schemas: readonly SchemaEntry[], entries: readonly RelationEntry[]): CatalogVersion {
    const [keptSchemas, kept] = [new Map(this.schemas), new Map(this.relations)];
    for (const { name } of schemas) keptSchemas.delete(name);
    for (const { oid } of entries) kept.delete(oid);
    const gone = new Set([...schemas, ...entries].map(({ oid }) => oid));
    const comments = [...this.comments].filter(([, { oid }]) => !gone.has(oid));
    return this.changed({
      schemas: keptSchemas,
      relations: kept,
      security: this.security.withoutObjects([...gone]),
      comments: new Map(comments),
    });
  }

  withSecurity(security: SecurityVersion): CatalogVersion {
    return security === this.security ? this : this.changed({ security });
  }

  /** Sets a comment or, with undefined, takes it away. */
  withComment(oid: number, column: number, text: string | undefined): CatalogVersion {
    const comments = new Map(this.comments);
    if (text === undefined) comments.delete(commentKey(oid, column));
    else comments.set(commentKey(oid, column), { oid, column, text });
    return this.changed({ comments });
  }

  private changed(parts: Partial<CatalogParts>): CatalogVersion {
    const { schemas, relations, security, comments } = this;
    return new CatalogVersion(this.number, { schemas, relations, security, comments, ...parts });
  }
}

function keyOf({ schema, name }: RelationName): string {
  return `${schema}\0${name}`;
}
