import { snapshotRequest } from "../../binder/index.js";
import { sameSnapshot, type CatalogDraft } from "../../catalog/index.js";
import { featureNotSupported } from "../../errors/index.js";
import type {
  PlannedQuery,
  Planner,
  SessionIdentity,
  StatementContext,
  UtilityStatement,
} from "../planner.js";
import type { Eventual } from "../eventual.js";
import type { Authority } from "../settings/index.js";
import { temporaryPath, type TemporaryState } from "../temporary/index.js";
import { momentary } from "../momentary-plan.js";
import { Rights } from "./access/rights.js";
import { RoleAuthority } from "./access/authority.js";
import { FUNCTIONS } from "../../functions/index.js";
import {
  systemMentionOf,
  type Analyze,
  type Explain,
  type Query,
  type SystemMention,
  type Vacuum,
} from "../../parser/index.js";
import { bindOver, declaredTypes, type Binding } from "./binding.js";
import { explainOptions, type ExplainOptions } from "./explain/options.js";
import { PlannedExplain } from "./explain/planned-explain.js";
import { PlanCache, planKey } from "./plan-cache.js";
import { PlanUses } from "./plan-uses.js";
import { PlannedSelect } from "./planned-select.js";
import type { PlanningServices } from "./services.js";
import { SharedPlan } from "./shared-plan.js";
import { StatementSnapshots } from "./statement-snapshots.js";
import { explainMissingRelation } from "./system-relations.js";
import {
  borrowed,
  isEnginesOwn,
  isForCatalog,
  PlannedSystemQuery,
  type RoutingScope,
} from "./system-query/index.js";
import { analyzeTemporary, splitTargets } from "./temporary/maintain.js";
import { namedHere } from "./temporary/named-here.js";
import { OwnRelations } from "./temporary/own-relations.js";
import { analyze, asksForAnalyze } from "./utility/analyze.js";
import { define } from "./utility/define.js";

/** Plans and runs statements: the session's planner over catalog, optimizer and executor. */
export class QueryPlanner implements Planner {
  private readonly snapshots: StatementSnapshots;
  private readonly plans = new PlanCache();
  readonly temporary: OwnRelations;

  constructor(private readonly services: PlanningServices) {
    this.snapshots = new StatementSnapshots(services.catalog);
    this.temporary = new OwnRelations(services, this.snapshots);
  }

  plan(
    statement: Query | Explain,
    parameterOids: readonly number[] | null,
    context: StatementContext,
  ): Eventual<PlannedQuery> {
    const known =
      statement.kind === "query" ? this.knownPlan(statement, parameterOids, context) : undefined;
    return known ?? this.newPlan(statement, parameterOids, context);
  }

  /** A plan that holds without a look at anything; that it is there says that it is the engine's. */
  private knownPlan(
    query: Query,
    parameterOids: readonly number[] | null,
    context: StatementContext,
  ): PlannedSelect | undefined {
    const known = this.plans.get(query, planKey(context, parameterOids));
    const { transaction } = context;
    const { number } = this.services.catalog.versionIn(transaction);
    const holds = known?.holdsAt(number) === true && !transaction.explicit;
    return holds ? this.selectOf(known, context) : undefined;
  }

  private async newPlan(
    statement: Query | Explain,
    parameterOids: readonly number[] | null,
    context: StatementContext,
  ): Promise<PlannedQuery> {
    if (statement.kind === "query") return this.planQuery(statement, parameterOids, context);
    const options = explainOptions(statement.options);
    const { statement: inner } = statement;
    const query = inner.kind === "declareCursor" ? inner.query : inner;
    if (query.kind !== "query") {
      throw featureNotSupported("EXPLAIN of a statement that is no query is not supported");
    }
    const system = await this.planSystem(query, parameterOids, context, options);
    if (system !== null) return system;
    const own = await this.withBorrowed(query, context);
    const planned = await this.planSelect(own, parameterOids, context);
    const explained = new PlannedExplain(planned, options, this.services);
    return own === query ? explained : momentary(explained);
  }

  authorityOf(identity: SessionIdentity, draft: () => CatalogDraft | null): Authority {
    const { catalog } = this.services;
    return new RoleAuthority(() => catalog.versionIn({ draft: draft() }).security, identity);
  }

  async runUtility(statement: UtilityStatement, context: StatementContext): Promise<void> {
    const { catalog } = this.services;
    switch (statement.kind) {
      case "analyze":
      case "vacuum":
        return this.analyze(statement, context);
      case "createTable":
      case "truncate":
        return this.temporary.run(statement, context);
      case "createView":
      case "drop":
        if (this.temporary.isFor(statement, context)) return this.temporary.run(statement, context);
        break;
      default:
    }
    const { transaction } = context;
    const definitions = await catalog.definitions.edit(transaction.draft);
    await define(statement, definitions, this.services, context);
    transaction.draft = definitions.draft();
  }

  commit(draft: CatalogDraft): Promise<void> {
    return this.services.catalog.definitions.commit(draft);
  }

  /** ANALYZE of tables that all see, and of the session's own. */
  private async analyze(statement: Analyze | Vacuum, context: StatementContext): Promise<void> {
    const { services } = this;
    const { own, others } = splitTargets(statement, context, services);
    if (others !== null) await analyze(others, services.catalog, context);
    const isAsked = statement.kind === "analyze" || asksForAnalyze(statement);
    const isAll = statement.targets.length === 0;
    if (isAsked) await analyzeTemporary(isAll ? "all" : own, context, services);
  }

  private async planQuery(
    query: Query,
    parameterOids: readonly number[] | null,
    context: StatementContext,
  ): Promise<PlannedQuery> {
    const system = await this.planSystem(query, parameterOids, context);
    if (system !== null) return system;
    const own = await this.withBorrowed(query, context);
    const planned = await this.planSelect(own, parameterOids, context);
    return own === query ? planned : momentary(planned);
  }

  /** A query of the engine with what it needs of the system catalog put in. */
  private async withBorrowed(query: Query, context: StatementContext): Promise<Query> {
    const { system, catalog } = this.services;
    if (system === undefined) return query;
    const services = { ...system, catalog };
    return borrowed(query, context, services, this.routingScope(context));
  }

  private routingScope({ settings, temporary, transaction }: StatementContext): RoutingScope {
    const version = this.services.catalog.versionIn(transaction);
    const { searchPath } = settings;
    const own = temporary.state;
    return {
      searchPath: own.isEmpty ? searchPath : temporaryPath(searchPath),
      functions: FUNCTIONS,
      hasRelation: (name) => {
        return own.find(name) !== undefined || version.relation(name) !== undefined;
      },
    };
  }

  /** The system catalog's answer to a query, or EXPLAIN of it; null where it is the engine's. */
  private async planSystem(
    query: Query,
    parameterOids: readonly number[] | null,
    context: StatementContext,
    explain?: ExplainOptions,
  ): Promise<PlannedQuery | null> {
    const { system, catalog } = this.services;
    const mention = await this.systemMention(query, context);
    if (mention === null || system === undefined) return null;
    const services = { ...system, catalog };
    return PlannedSystemQuery.plan(mention, parameterOids, context, services, explain);
  }

  /** What to ask the system catalog; null where the query is the engine's. */
  private async systemMention(
    query: Query,
    context: StatementContext,
  ): Promise<SystemMention | null> {
    const mention = systemMentionOf(query);
    if (mention === undefined) return null;
    const { system } = this.services;
    const scope = this.routingScope(context);
    if (system !== undefined && !isEnginesOwn(mention, scope)) {
      const facts = await system.systemCatalog.facts(context.signal);
      if (isForCatalog(mention, facts, scope)) return mention;
    }
    // There is a tree for what the engine takes, and a reason where there is none.
    if (mention.refusal !== undefined) throw mention.refusal;
    return null;
  }

  private async planSelect(
    query: Query,
    parameterOids: readonly number[] | null,
    context: StatementContext,
  ): Promise<PlannedSelect> {
    const { services, snapshots, plans } = this;
    const temporary = namedHere(query, context.temporary.state);
    const key = planKey(context, parameterOids);
    const known = temporary === undefined ? plans.get(query, key) : undefined;
    const { draft } = context.transaction;
    const version = services.catalog.versionIn(context.transaction);
    const declared = declaredTypes(parameterOids);
    const rights = Rights.of(context, version);
    const [file] = snapshotRequest(query, []).fileScans;
    if (file !== undefined) rights.checkReadsFiles(file.functionName);
    const snapshot = await snapshots.current(query, context, temporary);
    if (known !== undefined && sameSnapshot(known.binding.snapshot, snapshot)) {
      return this.selectOf(known, context);
    }
    const uses = new PlanUses();
    let binding: Binding;
    try {
      binding = bindOver(snapshot, query, declared, context, services.evaluator, rights, uses);
    } catch (error) {
      // With a system catalog, what it does not have is not there.
      throw services.system === undefined ? explainMissingRelation(error, query) : error;
    }
    const plan = new SharedPlan(query, binding, uses);
    if (plan.isShareable && draft === null && temporary === undefined) plans.put(query, key, plan);
    return this.selectOf(plan, context, temporary);
  }

  private selectOf(
    plan: SharedPlan,
    { evaluation, settings }: StatementContext,
    temporary?: TemporaryState,
  ): PlannedSelect {
    const planned = { evaluation, settings, ...(temporary === undefined ? {} : { temporary }) };
    return new PlannedSelect(plan, planned, this.services, this.snapshots);
  }
}
