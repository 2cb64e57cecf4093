import type { PhysicalType, SqlType } from "../types/index.js";

/** Unique within a statement; given by the binder's and optimizer's ColumnFactory. */
export type ColumnId = number;

/** One value that flows through a plan. Passed along unchanged, it keeps its id. */
export interface Column {
  readonly id: ColumnId;
  /** For EXPLAIN and result headers only; never used to resolve anything. */
  readonly name: string;
  readonly type: SqlType;
  readonly physical: PhysicalType;
  readonly nullable: boolean;
}

/** Makes columns with ids fresh in one statement. */
export class ColumnFactory {
  #next: number;
  constructor(first = 1) {
    this.#next = first;
  }
  make(fields: Omit<Column, "id">): Column {
    return { id: this.#next++, ...fields };
  }
}
