import type { Column, ColumnId, Expression, LogicalOperator } from "../plan/index.js";
import type { AggregateCollector } from "./aggregate-collector.js";
import type { SetCollector } from "./set-collector.js";
import type { StatementBinding } from "./statement-binding.js";

/** Where a result column comes from, for RowDescription. */
export interface ColumnOrigin {
  readonly relationOid: number;
  readonly columnNumber: number;
}

export interface ScopeColumn {
  readonly name: string;
  readonly expression: Expression;
  readonly origin: ColumnOrigin | undefined;
}

/** One item of a FROM clause that names can refer to (PostgreSQL's range table entry). */
export interface RangeEntry {
  readonly kind: "table" | "subquery" | "function" | "common-table" | "values" | "join";
  readonly alias: string;
  /** Whether the alias was written, and hides the relation's own name. */
  readonly aliased: boolean;
  /** For `schema.table.column`; undefined for what is not a relation. */
  readonly relation: { readonly schema: string; readonly name: string } | undefined;
  readonly columns: readonly ScopeColumn[];
}

/** A range entry as seen from one place (PostgreSQL's ParseNamespaceItem). */
export interface NamespaceItem {
  readonly entry: RangeEntry;
  /** `entry.column` may be written. */
  readonly relationVisible: boolean;
  /** `column` alone may be written. */
  readonly columnsVisible: boolean;
  /** Visible to LATERAL items only. */
  readonly lateralOnly: boolean;
  /** Whether such a reference is allowed by the join it stands in. */
  readonly lateralOk: boolean;
  /** An outer join may make its columns NULL. */
  readonly nullable: boolean;
}

/** Where in a query an expression stands; decides whether aggregates may. */
export type Clause =
  | "none"
  | "select"
  | "where"
  | "having"
  | "group-by"
  | "order-by"
  | "distinct-on"
  | "limit"
  | "offset"
  | "join-on"
  | "from-subquery"
  | "from-function"
  | "values"
  | "filter";

/** A query of WITH that later ones and the body can name. */
export interface CommonTableBinding {
  readonly cteId: number;
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly column: Column }[];
  readonly plan: LogicalOperator;
  readonly materialized: "always" | "never" | "default";
  referenced: boolean;
}

/** What is visible in one query level, and what its parts have in common. */
export class Scope {
  namespace: readonly NamespaceItem[] = [];
  /** All entries of this level, visible or not, for hints and names in errors. */
  readonly rangeTable: RangeEntry[] = [];
  clause: Clause = "none";
  /** Binding something that may see lateral-only items. */
  lateralActive = false;
  readonly commonTables = new Map<string, CommonTableBinding>();
  /** WITH items that stand later or are being defined. */
  readonly futureCommonTables = new Set<string>();
  /** Set for a SELECT: its aggregates. */
  aggregates: AggregateCollector | undefined;
  /** Set for a SELECT: the sets in its expressions. */
  sets: SetCollector | undefined;

  constructor(
    readonly statement: StatementBinding,
    readonly parent: Scope | undefined,
    readonly searchPath: readonly string[],
  ) {}

  /** A scope for a subquery of this one. */
  child(): Scope {
    return new Scope(this.statement, this, this.searchPath);
  }

  /** Adds an entry of this level; its columns from now on belong here. */
  enter(entry: RangeEntry): void {
    this.rangeTable.push(entry);
    for (const { expression } of entry.columns) {
      if (expression.kind === "column") this.own(expression.column.id);
    }
  }

  own(id: ColumnId): void {
    this.statement.columnScopes.set(id, this);
  }

  owns(id: ColumnId): boolean {
    return this.statement.columnScopes.get(id) === this;
  }

  /** Whether `other` is this scope or encloses it. */
  isWithin(other: Scope): boolean {
    if (other === this) return true;
    return this.parent?.isWithin(other) ?? false;
  }

  /** Runs `work` with another clause and laterality, and restores them. */
  inClause<T>(clause: Clause, work: () => T, lateral = false): T {
    const saved = { clause: this.clause, lateral: this.lateralActive };
    this.clause = clause;
    this.lateralActive = lateral;
    try {
      return work();
    } finally {
      this.clause = saved.clause;
      this.lateralActive = saved.lateral;
    }
  }
}
