import type { CatalogRelation } from "../catalog/index.js";
import type { ColumnOrigin } from "./scope.js";

/** A relation that a statement reads, and what of it: what rights are asked about. */
export interface RelationAccess {
  readonly oid: number;
  readonly kind: "table" | "view";
  readonly name: string;
  /** The view whose query names it, whose owner's rights count; undefined: the user's do. */
  readonly insideView: number | undefined;
  /** Numbers of the columns that are named, from 1. */
  readonly columns: ReadonlySet<number>;
}

/** What a statement reads, gathered while it is bound. */
export class RelationAccesses {
  private readonly found = new Map<string, RelationAccess & { readonly columns: Set<number> }>();
  /** OIDs of the views being bound, innermost last. */
  private readonly views: number[] = [];

  get all(): readonly RelationAccess[] {
    return [...this.found.values()];
  }

  /** Whether what is bound now is a view's query and not the user's own words. */
  get isInView(): boolean {
    return this.views.length > 0;
  }

  relation(relation: CatalogRelation): void {
    const { oid, name } = relation.kind === "view" ? relation : relation.relation;
    const { kind } = relation;
    const insideView = this.views.at(-1);
    const key = keyOf(oid, insideView);
    if (this.found.has(key)) return;
    this.found.set(key, { oid, kind, name, insideView, columns: new Set() });
  }

  column(origin: ColumnOrigin | undefined): void {
    if (origin === undefined) return;
    this.found.get(keyOf(origin.relationOid, this.views.at(-1)))?.columns.add(origin.columnNumber);
  }

  insideView<T>(oid: number, work: () => T): T {
    this.views.push(oid);
    try {
      return work();
    } finally {
      this.views.pop();
    }
  }
}

function keyOf(oid: number, insideView: number | undefined): string {
  return `${String(oid)} ${String(insideView ?? 0)}`;
}
