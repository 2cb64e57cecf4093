import {
  sameAggregate,
  sameList,
  type AggregateCall,
  type Column,
  type Expression,
} from "../plan/index.js";

export interface CollectedAggregate {
  readonly column: Column;
  readonly call: AggregateCall;
  /** Where it was first called. */
  readonly position: number | undefined;
}

/** GROUPING(…): its arguments and the column that holds its value. */
export interface CollectedGrouping {
  readonly column: Column;
  readonly args: readonly Expression[];
  readonly position: number | undefined;
}

/** Aggregates of one SELECT: equal calls share a column. */
export class AggregateCollector {
  readonly aggregates: CollectedAggregate[] = [];
  readonly groupings: CollectedGrouping[] = [];

  find(call: AggregateCall): CollectedAggregate | undefined {
    return this.aggregates.find((a) => sameAggregate(a.call, call));
  }

  findGrouping(args: readonly Expression[]): CollectedGrouping | undefined {
    return this.groupings.find((g) => sameList(g.args, args));
  }

  /** The aggregate or grouping whose value this column is. */
  ofColumn(column: Column): CollectedAggregate | CollectedGrouping | undefined {
    return (
      this.aggregates.find((a) => a.column.id === column.id) ??
      this.groupings.find((g) => g.column.id === column.id)
    );
  }
}
