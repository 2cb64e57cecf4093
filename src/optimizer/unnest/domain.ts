import { internalError, invariant, unreachable } from "../../errors/index.js";
import { coalesce } from "../../functions/index.js";
import {
  mapExpressions,
  outputColumns,
  type Column,
  type ColumnId,
  type Expression,
  type JoinOperator,
  type LogicalOperator,
  type ProjectItem,
} from "../../plan/index.js";
import { conjunction, conjunctsOf, notDistinct, refer } from "../expression/build.js";
import { renaming, substitute, substituteInPlan } from "../expression/substitute.js";
import { freeColumns } from "../properties/free-columns.js";
import type { RuleContext } from "../rule.js";
import { makeJoin, unionOf } from "./build.js";
import { limitPerKey, sinkLimit, splitSort } from "./limits.js";
import { aggregateDefaults, joinWithDefaults } from "./pull-up.js";

/** A plan that carries the domain's columns beside its own. */
export interface Carrying {
  readonly plan: LogicalOperator;
  /** In the order of the domain's `used`. */
  readonly domain: readonly Column[];
}

/** The distinct values of the outer columns that a correlated plan mentions. */
export class Domain {
  constructor(
    readonly cteId: number,
    readonly name: string,
    readonly columns: readonly Column[],
    readonly definitionColumns: readonly Column[],
    readonly used: readonly Column[],
    readonly context: RuleContext,
  ) {}

  fresh(column: Column): Column {
    const { name, type, physical } = column;
    return this.context.columns.make({ name, type, physical, nullable: true });
  }

  /** One more instance of the domain, with columns of its own. */
  instance(): Carrying {
    const read = this.columns.map((column) => this.fresh(column));
    const keys = this.used.map((column) => {
      const index = this.columns.findIndex((c) => c.id === column.id);
      const source = read[index];
      invariant(source !== undefined, "an outer column is not put out by the left side");
      return { column: this.fresh(column), expression: refer(source) };
    });
    const input: LogicalOperator = {
      kind: "cte-reference",
      cteId: this.cteId,
      name: this.name,
      columns: read,
      definitionColumns: this.definitionColumns,
    };
    const plan: LogicalOperator = { kind: "aggregate", input, keys, aggregates: [] };
    return { plan, domain: keys.map((key) => key.column) };
  }

  isMentionedIn(plan: LogicalOperator): boolean {
    const free = freeColumns(plan);
    return this.used.some((column) => free.has(column.id));
  }

  /** What outer columns are called in a plan that carries the domain. */
  replacement(domain: readonly Column[]): Map<ColumnId, Expression> {
    return renaming(this.used.map((column, i) => [column, domain[i] as Column]));
  }
}

/** The correlated plan evaluated for every row of the domain at once. */
export function pushDomain(plan: LogicalOperator, domain: Domain): Carrying {
  if (!domain.isMentionedIn(plan)) {
    const instance = domain.instance();
    return { plan: makeJoin("inner", instance.plan, plan, null), domain: instance.domain };
  }
  switch (plan.kind) {
    case "filter":
    case "project-set":
    case "sort": {
      const input = pushDomain(plan.input, domain);
      const moved = mapOwn(plan, domain, input);
      return { plan: { ...moved, input: input.plan } as LogicalOperator, domain: input.domain };
    }
    case "project": {
      const input = pushDomain(plan.input, domain);
      const moved = mapOwn(plan, domain, input) as typeof plan;
      const items = [...moved.items, ...passed(input.domain)];
      return { plan: { ...moved, input: input.plan, items }, domain: input.domain };
    }
    case "aggregate":
      return pushIntoAggregate(plan, domain);
    case "distinct-on":
    case "partition-limit": {
      const input = pushDomain(plan.input, domain);
      const moved = mapOwn(plan, domain, input) as typeof plan;
      const keys = [...input.domain.map(refer), ...moved.keys];
      return { plan: { ...moved, input: input.plan, keys }, domain: input.domain };
    }
    case "limit":
      return pushIntoLimit(plan, domain);
    case "join":
      return pushIntoJoin(plan, domain);
    case "set-operation":
      return pushIntoSetOperation(plan, domain);
    case "values":
      return pushIntoValues(plan, domain);
    case "with":
    case "scan":
    case "cte-reference":
      throw internalError(`a correlated ${plan.kind}`);
    default:
      return unreachable(plan);
  }
}

function mapOwn(plan: LogicalOperator, domain: Domain, input: Carrying): LogicalOperator {
  const by = domain.replacement(input.domain);
  return mapExpressions(plan, (e) => substitute(e, by));
}

function passed(columns: readonly Column[]): readonly ProjectItem[] {
  return columns.map((column) => ({ column, expression: refer(column) }));
}

/** Without keys there is a row for every domain row, also where no row was aggregated. */
function pushIntoAggregate(
  plan: LogicalOperator & { kind: "aggregate" },
  domain: Domain,
): Carrying {
  const input = pushDomain(plan.input, domain);
  const moved = mapOwn(plan, domain, input) as typeof plan;
  const grouped = { ...moved, input: input.plan, keys: [...passed(input.domain), ...moved.keys] };
  if (plan.keys.length > 0) return { plan: grouped, domain: input.domain };
  const rows = domain.instance();
  const predicates = rows.domain.map((column, i) =>
    notDistinct(refer(column), refer(input.domain[i] as Column)),
  );
  const joined = joinWithDefaults(
    rows.plan,
    { plan: grouped, predicates, defaults: aggregateDefaults(plan) },
    null,
    domain.context.columns,
  );
  return { plan: joined, domain: rows.domain };
}

/** LIMIT and OFFSET keep a stretch of each domain row's rows. */
function pushIntoLimit(plan: LogicalOperator & { kind: "limit" }, domain: Domain): Carrying {
  if (plan.count === null && plan.offset === null) return pushDomain(plan.input, domain);
  if (plan.input.kind === "project") return pushDomain(sinkLimit(plan), domain);
  const sort = splitSort(plan);
  const input = pushDomain(sort.input, domain);
  const by = domain.replacement(input.domain);
  const orderBy = sort.orderBy.map((key) => ({
    ...key,
    expression: substitute(key.expression, by),
  }));
  const count = plan.count && substitute(plan.count, by);
  const offset = plan.offset && substitute(plan.offset, by);
  const keys = input.domain.map(refer);
  return {
    plan: limitPerKey({ ...plan, count, offset }, input.plan, keys, orderBy),
    domain: input.domain,
  };
}

/**
 * Sides that mention outer columns get an instance each, and meet where the instances agree. A side
 * whose unmatched rows are kept must carry the domain, because it has such rows per domain row.
 */
function pushIntoJoin(plan: JoinOperator, domain: Domain): Carrying {
  if (plan.dependent) return pushIntoDependent(plan, domain);
  const keepsLeft = plan.joinKind !== "inner";
  const leftCarries =
    keepsLeft || domain.isMentionedIn(plan.left) || !domain.isMentionedIn(plan.right);
  const left = leftCarries ? pushDomain(plan.left, domain) : undefined;
  const rightCarries = plan.joinKind === "full" || domain.isMentionedIn(plan.right);
  const right = rightCarries ? pushDomain(plan.right, domain) : undefined;
  const carried = left?.domain ?? right?.domain ?? [];
  const by = domain.replacement(carried);
  const own = conjunctsOf(plan.condition).map((c) => substitute(c, by));
  const meets =
    left === undefined || right === undefined
      ? []
      : left.domain.map((c, i) => notDistinct(refer(c), refer(right.domain[i] as Column)));
  const joined = makeJoin(
    plan.joinKind,
    left?.plan ?? plan.left,
    right?.plan ?? plan.right,
    conjunction([...meets, ...own]),
    plan.mark,
  );
  if (plan.joinKind !== "full" || left === undefined || right === undefined) {
    return { plan: joined, domain: carried };
  }
  return mergeDomains(joined, left.domain, right.domain, domain);
}

/** After a full join the domain stands on the side that has the row. */
function mergeDomains(
  joined: LogicalOperator,
  left: readonly Column[],
  right: readonly Column[],
  domain: Domain,
): Carrying {
  const merged = left.map((column, i) => ({
    column: domain.fresh(column),
    expression: coalesce([
      { ...refer(column), nullable: true },
      { ...refer(right[i] as Column), nullable: true },
    ]),
  }));
  const items = [...passed(outputColumns(joined)), ...merged];
  return { plan: { kind: "project", input: joined, items }, domain: merged.map((m) => m.column) };
}

/** The left side closed by the domain, the right side then depends on it alone. */
function pushIntoDependent(plan: JoinOperator, domain: Domain): Carrying {
  const left = pushDomain(plan.left, domain);
  const by = domain.replacement(left.domain);
  const right = substituteInPlan(plan.right, by);
  const condition = plan.condition === null ? null : substitute(plan.condition, by);
  return {
    plan: makeJoin(plan.joinKind, left.plan, right, condition, plan.mark),
    domain: left.domain,
  };
}

function pushIntoSetOperation(
  plan: LogicalOperator & { kind: "set-operation" },
  domain: Domain,
): Carrying {
  const left = pushDomain(plan.left, domain);
  const right = pushDomain(plan.right, domain);
  const carried = domain.used.map((column) => domain.fresh(column));
  return {
    plan: {
      ...plan,
      left: left.plan,
      right: right.plan,
      columns: [...plan.columns, ...carried],
      leftColumns: [...plan.leftColumns, ...left.domain],
      rightColumns: [...plan.rightColumns, ...right.domain],
    },
    domain: carried,
  };
}

function pushIntoValues(plan: LogicalOperator & { kind: "values" }, domain: Domain): Carrying {
  const carried = domain.used.map((column) => domain.fresh(column));
  const parts = plan.rows.map((row): LogicalOperator => {
    const instance = domain.instance();
    const by = domain.replacement(instance.domain);
    const values = plan.columns.map((column, i) => ({
      column: domain.fresh(column),
      expression: substitute(row[i] as Expression, by),
    }));
    const copies = instance.domain.map((column) => ({
      column: domain.fresh(column),
      expression: refer(column),
    }));
    return { kind: "project", input: instance.plan, items: [...values, ...copies] };
  });
  return { plan: unionOf(parts, [...plan.columns, ...carried]), domain: carried };
}
