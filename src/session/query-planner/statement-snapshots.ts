import type { CatalogSnapshot, StoredCatalog } from "../../catalog/index.js";
import type { Statement } from "../../parser/index.js";
import type { StatementContext, TransactionScope } from "../planner.js";
import { baseOf, type TemporaryState } from "../temporary/index.js";
import { snapshotOf } from "./binding.js";

/**
 * What statements see of the catalog and its files: each what is there when it starts, but one of an
 * explicit transaction what an earlier one of it saw, with the changes that the transaction made.
 */
export class StatementSnapshots {
  /** What explicit transactions planned with. */
  private readonly pinned = new WeakMap<TransactionScope, CatalogSnapshot>();
  /** The part of it that a statement may have answered from, which must not change any more. */
  private readonly answeredFrom = new WeakMap<TransactionScope, CatalogSnapshot>();

  constructor(private readonly catalog: StoredCatalog) {}

  /** The snapshot of a statement that is planned or starts. */
  current(
    statement: Statement,
    context: StatementContext,
    temporary?: TemporaryState,
  ): Promise<CatalogSnapshot> {
    return this.pin(statement, context, this.pinned, temporary);
  }

  /** The snapshot of a statement that starts again, for files changed before it answered. */
  renewed(
    statement: Statement,
    context: StatementContext,
    temporary?: TemporaryState,
  ): Promise<CatalogSnapshot> {
    return this.pin(statement, context, this.answeredFrom, temporary);
  }

  /** A statement's first answer came: from now on its transaction sees nothing else. */
  noteAnswer({ transaction }: StatementContext): void {
    const snapshot = this.pinned.get(transaction);
    if (snapshot !== undefined) this.answeredFrom.set(transaction, snapshot);
  }

  private async pin(
    statement: Statement,
    context: StatementContext,
    bases: WeakMap<TransactionScope, CatalogSnapshot>,
    temporary: TemporaryState | undefined,
  ): Promise<CatalogSnapshot> {
    const { transaction } = context;
    const base = transaction.explicit ? bases.get(transaction) : undefined;
    const snapshot = await snapshotOf(statement, context, this.catalog, base, temporary);
    if (transaction.explicit) this.pinned.set(transaction, baseOf(snapshot));
    return snapshot;
  }
}
