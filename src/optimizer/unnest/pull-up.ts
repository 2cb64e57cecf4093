import { boolean, caseWhen, coalesce, isNull, literal } from "../../functions/index.js";
import { INT8 } from "../expression/labels.js";
import {
  columnsOf,
  isFallible,
  outputColumns,
  withInputs,
  type AggregateOperator,
  type Column,
  type ColumnFactory,
  type ColumnId,
  type Expression,
  type JoinOperator,
  type LogicalOperator,
  type ProjectItem,
} from "../../plan/index.js";
import { asEquality, conjunction, conjunctsOf, nullLike, refer } from "../expression/build.js";
import { foldNulls } from "../expression/fold-null.js";
import { isOver, isVolatile, mentions, type ColumnSet } from "../expression/facts.js";
import { substitute } from "../expression/substitute.js";
import { freeColumns, mentionedColumns, outputIds } from "../properties/free-columns.js";
import { isCount } from "../properties/not-null.js";
import { filtered } from "./build.js";
import { operatorCanFail } from "./can-fail.js";

/** A correlated plan made independent: what tied it to outer columns stands in `predicates`. */
export interface PulledUp {
  readonly plan: LogicalOperator;
  /** Over outer columns and output columns of `plan`. */
  readonly predicates: readonly Expression[];
  /**
   * Set where the original has one row for every outer row, though `plan` may have none that meets
   * the predicates: the values that row has then (an aggregate without keys over no rows).
   */
  readonly defaults: ReadonlyMap<ColumnId, Expression> | undefined;
}

/**
 * Moves predicates on outer columns up to the top of the plan; undefined where that would change
 * the answer. Through an aggregate goes only `inner = outer`: the inner side becomes a group key,
 * and the group of an outer value holds just the rows the original aggregated for it.
 */
export function pullUp(
  plan: LogicalOperator,
  outer: ColumnSet,
  factory: ColumnFactory,
): PulledUp | undefined {
  return new PullUp(outer, factory).pull(plan);
}

class PullUp {
  constructor(
    readonly outer: ColumnSet,
    readonly factory: ColumnFactory,
  ) {}

  #isCorrelated(plan: LogicalOperator): boolean {
    return [...freeColumns(plan).keys()].some((id) => this.outer.has(id));
  }

  #usesOuter(expression: Expression): boolean {
    return [...mentionedColumns(expression).keys()].some((id) => this.outer.has(id));
  }

  pull(plan: LogicalOperator): PulledUp | undefined {
    if (!this.#isCorrelated(plan)) return { plan, ...INDEPENDENT };
    switch (plan.kind) {
      case "filter":
        return this.#filter(plan);
      case "project":
        return this.#project(plan);
      case "join":
        return this.#join(plan);
      case "aggregate":
        return this.#aggregate(plan);
      case "sort":
        return plan.keys.some((k) => this.#usesOuter(k.expression))
          ? undefined
          : this.pull(plan.input);
      case "distinct-on":
        return this.#distinctOn(plan);
      default:
        return undefined;
    }
  }

  #filter(plan: LogicalOperator & { kind: "filter" }): PulledUp | undefined {
    const input = this.pull(plan.input);
    if (input === undefined || input.defaults !== undefined) return undefined;
    const { pulled, kept } = this.#divide(conjunctsOf(plan.condition), input.predicates);
    if (pulled.some(isVolatile)) return undefined;
    return {
      plan: filtered(input.plan, kept),
      predicates: [...input.predicates, ...pulled],
      defaults: undefined,
    };
  }

  /** What can fail goes up along with the predicates that come before it and guard it. */
  #divide(
    conjuncts: readonly Expression[],
    below: readonly Expression[],
  ): { readonly pulled: readonly Expression[]; readonly kept: readonly Expression[] } {
    const pulled: Expression[] = [];
    const kept: Expression[] = [];
    for (const conjunct of conjuncts) {
      const guarded = below.length + pulled.length > 0 && isFallible(conjunct);
      (guarded || this.#usesOuter(conjunct) ? pulled : kept).push(conjunct);
    }
    return { pulled, kept };
  }

  #project(plan: LogicalOperator & { kind: "project" }): PulledUp | undefined {
    const input = this.pull(plan.input);
    if (input === undefined || plan.items.some((i) => this.#usesOuter(i.expression)))
      return undefined;
    if (isUnguarded(input, plan)) return undefined;
    const { defaults } = input;
    return {
      plan: {
        ...plan,
        input: input.plan,
        items: [...plan.items, ...this.#needed(input, plan.items)],
      },
      predicates: input.predicates,
      defaults:
        defaults &&
        new Map(
          plan.items.map((i) => [i.column.id, foldNulls(substitute(i.expression, defaults))]),
        ),
    };
  }

  /** Columns that predicates mention and the items do not pass on. */
  #needed(input: PulledUp, items: readonly ProjectItem[]): readonly ProjectItem[] {
    const passed = new Set(items.map((i) => i.column.id));
    const available = outputIds(input.plan);
    const needed = new Map<ColumnId, Column>();
    for (const predicate of input.predicates) {
      for (const [id, column] of columnsOf(predicate)) {
        if (available.has(id) && !passed.has(id)) needed.set(id, column);
      }
    }
    return [...needed.values()].map((column) => ({ column, expression: refer(column) }));
  }

  #join(plan: JoinOperator): PulledUp | undefined {
    if (plan.dependent || plan.joinKind === "full" || plan.joinKind === "right") return undefined;
    const inner = plan.joinKind === "inner";
    const conjuncts = conjunctsOf(plan.condition);
    if (!inner && (conjuncts.some((c) => this.#usesOuter(c)) || this.#isCorrelated(plan.right))) {
      return undefined;
    }
    const left = this.pull(plan.left);
    const right = inner ? this.pull(plan.right) : { ...INDEPENDENT, plan: plan.right };
    if (left === undefined || right === undefined) return undefined;
    if (left.defaults !== undefined || right.defaults !== undefined) return undefined;
    const below = [...left.predicates, ...right.predicates];
    if (!inner && below.length > 0 && operatorCanFail(plan)) return undefined;
    const { pulled, kept } = this.#divide(conjuncts, below);
    const joined = withInputs(plan, [left.plan, right.plan]) as JoinOperator;
    return {
      plan: { ...joined, condition: conjunction(kept) },
      predicates: [...below, ...pulled],
      defaults: undefined,
    };
  }

  #aggregate(plan: AggregateOperator): PulledUp | undefined {
    const input = this.pull(plan.input);
    if (input === undefined || input.defaults !== undefined) return undefined;
    if (isUnguarded(input, plan)) return undefined;
    const own = [
      ...plan.keys.map((k) => k.expression),
      ...plan.aggregates.flatMap(callExpressions),
    ];
    if (own.some((e) => this.#usesOuter(e))) return undefined;
    const keyed = this.#keysFor(input);
    if (keyed === undefined) return undefined;
    const keys = mergeKeys(plan.keys, keyed.keys);
    const grouped: AggregateOperator = { ...plan, input: keyed.input, keys };
    const defaults = plan.keys.length > 0 ? undefined : aggregateDefaults(plan);
    return { plan: grouped, predicates: keyed.predicates, defaults };
  }

  #distinctOn(plan: LogicalOperator & { kind: "distinct-on" }): PulledUp | undefined {
    const input = this.pull(plan.input);
    if (input === undefined || input.defaults !== undefined) return undefined;
    if (isUnguarded(input, plan)) return undefined;
    const own = [...plan.keys, ...plan.orderBy.map((k) => k.expression)];
    if (own.some((e) => this.#usesOuter(e))) return undefined;
    const keyed = this.#keysFor(input);
    if (keyed === undefined) return undefined;
    const keys = [...plan.keys, ...keyed.keys.map((k) => refer(k.column))];
    return {
      plan: { ...plan, input: keyed.input, keys },
      predicates: keyed.predicates,
      defaults: undefined,
    };
  }

  /** Inner sides of the predicates as columns to group by; undefined where one is no equality. */
  #keysFor(input: PulledUp) {
    const columns = outputIds(input.plan);
    const keys: ProjectItem[] = [];
    const computed: ProjectItem[] = [];
    const predicates: Expression[] = [];
    for (const predicate of input.predicates) {
      const sides = this.#sides(predicate, columns);
      if (sides === undefined || predicate.kind !== "call") return undefined;
      let column: Column;
      if (sides.inner.kind === "column") ({ column } = sides.inner);
      else {
        const { type, physical, nullable } = sides.inner;
        column = this.factory.make({ name: "key", type, physical, nullable });
        computed.push({ column, expression: sides.inner });
      }
      if (!keys.some((k) => k.column.id === column.id))
        keys.push({ column, expression: refer(column) });
      const inner = {
        ...sides.inner,
        ...refer(column),
        type: sides.inner.type,
        physical: sides.inner.physical,
      };
      predicates.push({ ...predicate, args: [inner, sides.outer] });
    }
    const passed = outputColumns(input.plan).map((c) => ({ column: c, expression: refer(c) }));
    const plan: LogicalOperator =
      computed.length === 0
        ? input.plan
        : { kind: "project", input: input.plan, items: [...passed, ...computed] };
    return { input: plan, keys, predicates };
  }

  #sides(predicate: Expression, columns: ColumnSet) {
    const equality = asEquality(predicate);
    if (equality === undefined) return undefined;
    const { left, right } = equality;
    const isInner = (e: Expression): boolean => isOver(e, columns) && mentions(e, columns);
    const isOuter = (e: Expression): boolean => isOver(e, this.outer);
    if (isInner(left) && isOuter(right)) return { inner: left, outer: right };
    if (isInner(right) && isOuter(left)) return { inner: right, outer: left };
    return undefined;
  }
}

/** Whether the operator would fail for rows that the predicates, once above it, do not keep away. */
function isUnguarded(input: PulledUp, plan: LogicalOperator): boolean {
  return input.predicates.length > 0 && operatorCanFail(plan);
}

const INDEPENDENT = { predicates: [], defaults: undefined } as const;

function callExpressions({ call }: AggregateOperator["aggregates"][number]): readonly Expression[] {
  const filter = call.filter === null ? [] : [call.filter];
  return [...call.args, ...filter, ...call.orderBy.map((k) => k.expression)];
}

function mergeKeys(
  keys: readonly ProjectItem[],
  added: readonly ProjectItem[],
): readonly ProjectItem[] {
  const known = new Set(keys.map((k) => k.column.id));
  return [...keys, ...added.filter((k) => !known.has(k.column.id))];
}

/** What the aggregates answer for no rows. */
export function aggregateDefaults(plan: AggregateOperator): Map<ColumnId, Expression> {
  return new Map(
    plan.aggregates.map(({ column, call }) => [
      column.id,
      isCount(call.aggregate) ? literal("0", INT8) : nullLike(column),
    ]),
  );
}

/**
 * The outer rows, each with its row of `pulled`, or with the defaults where there is none. Columns
 * keep their ids; a default that is not NULL needs a mark on the rows that are there.
 */
export function joinWithDefaults(
  left: LogicalOperator,
  pulled: PulledUp,
  guard: Expression | null,
  factory: ColumnFactory,
): LogicalOperator {
  const condition = conjunction([...conjunctsOf(guard), ...pulled.predicates]);
  const join = (right: LogicalOperator): LogicalOperator => ({
    kind: "join",
    joinKind: "left",
    left,
    right,
    condition,
    dependent: false,
    mark: null,
  });
  const filled = [...(pulled.defaults ?? [])].filter(
    ([, e]) => !(e.kind === "literal" && e.text === null),
  );
  if (filled.length === 0) return join(pulled.plan);
  const value = boolean(true);
  const present = factory.make({
    name: "present",
    type: value.type,
    physical: value.physical,
    nullable: false,
  });
  const renamed = new Map<ColumnId, Column>();
  const items: ProjectItem[] = outputColumns(pulled.plan).map((column) => {
    if (pulled.defaults?.has(column.id) !== true || !filled.some(([id]) => id === column.id)) {
      return { column, expression: refer(column) };
    }
    const { name, type, physical, nullable } = column;
    const inner = factory.make({ name, type, physical, nullable });
    renamed.set(column.id, inner);
    return { column: inner, expression: refer(column) };
  });
  const right: LogicalOperator = {
    kind: "project",
    input: pulled.plan,
    items: [...items, { column: present, expression: value }],
  };
  const joined = join(right);
  const restored = outputColumns(joined).flatMap<ProjectItem>((column) =>
    column.id === present.id || [...renamed.values()].some((c) => c.id === column.id)
      ? []
      : [{ column, expression: refer(column) }],
  );
  const defaulted = [...renamed].map(([id, inner]) =>
    withDefault(pulled, id, inner, { ...refer(present), nullable: true }),
  );
  return { kind: "project", input: joined, items: [...restored, ...defaulted] };
}

function withDefault(
  pulled: PulledUp,
  id: ColumnId,
  inner: Column,
  present: Expression,
): ProjectItem {
  const column = outputColumns(pulled.plan).find((c) => c.id === id) ?? inner;
  const fallback = { ...(pulled.defaults?.get(id) ?? nullLike(column)) };
  const value = { ...refer(inner), nullable: true };
  const labelled = { ...fallback, type: column.type, physical: column.physical };
  const neverNull = inner.name === column.name && !column.nullable && labelled.kind === "literal";
  return {
    column,
    expression: neverNull
      ? coalesce([value, labelled])
      : caseWhen([{ when: isNull(present, true), then: value }], labelled),
  };
}
