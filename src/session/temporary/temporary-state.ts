import type { CatalogRelation, CatalogView, RelationName } from "../../catalog/index.js";
import type { Expression, OnCommit } from "../../parser/index.js";
import type {
  ColumnStatistics,
  DataFile,
  FileRelation,
  RelationColumn,
  TableStatistics,
} from "../../plan/index.js";

/** Rows that one statement put in: a number of the engine's, under which they can be read. */
export interface Segment {
  readonly number: number;
  readonly rowCount: number;
}

export interface TemporaryColumn extends RelationColumn {
  /** Undefined where there is none: NULL. */
  readonly defaultValue: Expression | undefined;
}

export interface TemporaryTable {
  readonly kind: "table";
  readonly oid: number;
  readonly name: string;
  readonly columns: readonly TemporaryColumn[];
  readonly onCommit: OnCommit;
  readonly segments: readonly Segment[];
  /** What ANALYZE found. */
  readonly statistics: ReadonlyMap<string, ColumnStatistics>;
}

export interface TemporaryView {
  readonly kind: "view";
  readonly oid: number;
  readonly name: string;
  readonly view: CatalogView;
  /** OIDs of the session's relations that its query names, by their names then. */
  readonly reads: ReadonlyMap<string, number>;
}

export type TemporaryRelation = TemporaryTable | TemporaryView;

/** Under these names the session's relations are found: in every session its own. */
const TEMPORARY_SCHEMA = /^pg_temp(?:_\d+)?$/;
export const TEMPORARY_SCHEMA_NAME = "pg_temp";

export function isTemporarySchema(name: string): boolean {
  return TEMPORARY_SCHEMA.test(name);
}

/** In the search path of a temporary view: the relations of the session that it was made over. */
export function schemaOfView(oid: number): string {
  return `pg_temp view ${String(oid)}`;
}

/** The rows of all segments. */
export function rowCountOf({ segments }: TemporaryTable): number {
  return segments.reduce((sum, { rowCount }) => sum + rowCount, 0);
}

const relations = new WeakMap<TemporaryTable, FileRelation>();

/** The table as scans read it: the same object as long as nothing about it changes. */
export function relationOf(table: TemporaryTable): FileRelation {
  const known = relations.get(table);
  if (known !== undefined) return known;
  const { oid, name, columns, segments, statistics } = table;
  const rowCount = rowCountOf(table);
  const shown: TableStatistics = { rowCount, columns: statistics };
  const files = segments.map(({ number, rowCount: rows }): DataFile => ({
    path: String(number),
    sizeBytes: 0n,
    mtimeNs: 0n,
    rowCount: BigInt(rows),
  }));
  const relation: FileRelation = {
    oid,
    schema: TEMPORARY_SCHEMA_NAME,
    name,
    format: "session",
    columns,
    files,
    statistics: shown,
  };
  relations.set(table, relation);
  return relation;
}

/** One moment of a session's temporary relations. Never changes. */
export class TemporaryState {
  static readonly EMPTY = new TemporaryState(new Map());
  private readonly byOid: ReadonlyMap<number, TemporaryRelation>;

  private constructor(private readonly byName: ReadonlyMap<string, TemporaryRelation>) {
    this.byOid = new Map([...byName.values()].map((relation) => [relation.oid, relation]));
  }

  get isEmpty(): boolean {
    return this.byName.size === 0;
  }

  get all(): readonly TemporaryRelation[] {
    return [...this.byName.values()];
  }

  named(name: string): TemporaryRelation | undefined {
    return this.byName.get(name);
  }

  numbered(oid: number): TemporaryRelation | undefined {
    return this.byOid.get(oid);
  }

  /** The relation under a schema's name, which may be that of a view's own search path. */
  find({ schema, name }: RelationName): TemporaryRelation | undefined {
    if (isTemporarySchema(schema)) return this.byName.get(name);
    for (const relation of this.byName.values()) {
      if (relation.kind !== "view" || schemaOfView(relation.oid) !== schema) continue;
      const oid = relation.reads.get(name);
      return oid === undefined ? undefined : this.byOid.get(oid);
    }
    return undefined;
  }

  /** With a relation, which takes the place of one of its name. */
  with(relation: TemporaryRelation): TemporaryState {
    return new TemporaryState(new Map(this.byName).set(relation.name, relation));
  }

  without(gone: readonly TemporaryRelation[]): TemporaryState {
    const left = [...this.byName].filter(([, relation]) => !gone.includes(relation));
    return left.length === 0 ? TemporaryState.EMPTY : new TemporaryState(new Map(left));
  }

  /** Views that read a relation, directly. */
  viewsReading(oid: number): readonly TemporaryView[] {
    return this.all.filter(
      (each): each is TemporaryView =>
        each.kind === "view" && [...each.reads.values()].includes(oid),
    );
  }
}

/** The relation as the binder knows relations. */
export function catalogRelationOf(relation: TemporaryRelation): CatalogRelation {
  if (relation.kind === "view") return relation.view;
  return { kind: "table", relation: relationOf(relation) };
}
