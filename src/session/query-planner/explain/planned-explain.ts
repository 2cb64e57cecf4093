import type { Clock } from "../../../env/index.js";
import { unreachable } from "../../../errors/index.js";
import type { OptimizedQuery } from "../../../optimizer/index.js";
import type { BoundQuery } from "../../../plan/index.js";
import { TYPE_FACTS } from "../../../types/index.js";
import type {
  BoundParameter,
  PlannedQuery,
  ResultColumn,
  ResultPage,
  ResultStream,
  StatementContext,
} from "../../planner.js";
import type { PlannedSelect } from "../planned-select.js";
import type { QueryStream } from "../query-stream.js";
import { compile, optimized, startRun, type PlanningServices } from "../services.js";
import type { ExplainFormat, ExplainOptions } from "./options.js";
import type { Explained, Measured } from "./explained.js";
import { explainedSettings } from "./explained-settings.js";
import { jsonOf } from "./formats/json.js";
import { xmlOf } from "./formats/xml.js";
import { yamlOf } from "./formats/yaml.js";
import { planDocument } from "./plan-document.js";
import { planNodes } from "./plan-node.js";
import { planText } from "./plan-text.js";

/** As PostgreSQL labels them; the engine has no json or xml, but clients parse what is called so. */
const RESULT_OIDS: Readonly<Record<ExplainFormat, number>> = {
  text: TYPE_FACTS.text.oid,
  json: 114,
  xml: 142,
  yaml: TYPE_FACTS.text.oid,
};

/** A plan with what it shows of itself. */
interface Planning {
  readonly bound: BoundQuery;
  readonly plan: OptimizedQuery["plan"];
  readonly explained: Omit<Explained, "measured">;
}

/** EXPLAIN of a query; with ANALYZE it runs the query and drops its rows. */
export class PlannedExplain implements PlannedQuery {
  readonly columns: readonly ResultColumn[];

  constructor(
    private readonly planned: PlannedSelect,
    private readonly options: ExplainOptions,
    private readonly services: PlanningServices,
  ) {
    this.columns = [
      {
        name: "QUERY PLAN",
        typeOid: RESULT_OIDS[options.format],
        typeSize: -1,
        typmod: -1,
        tableOid: 0,
        columnNumber: 0,
      },
    ];
  }

  get parameterOids(): readonly number[] {
    return this.planned.parameterOids;
  }

  isCurrent(context: StatementContext): boolean {
    return this.planned.isCurrent(context);
  }

  start(
    parameters: readonly BoundParameter[],
    _formats: readonly unknown[],
    context: StatementContext,
  ): ResultStream {
    let asked = false;
    return {
      next: async () => {
        if (asked) return null;
        asked = true;
        return this.page(await this.explain(parameters, context));
      },
      close: () => Promise.resolve(),
    };
  }

  private page(explained: Explained): ResultPage {
    return { kind: "text", rows: this.lines(explained).map((line) => [line]) };
  }

  private lines(explained: Explained): readonly string[] {
    const { options } = this;
    switch (options.format) {
      case "text":
        return planText(explained, options);
      case "json":
        return [jsonOf(planDocument(explained, options))];
      case "yaml":
        return [yamlOf(planDocument(explained, options))];
      case "xml":
        return [xmlOf(planDocument(explained, options))];
      default:
        return unreachable(options.format);
    }
  }

  private async explain(
    parameters: readonly BoundParameter[],
    context: StatementContext,
  ): Promise<Explained> {
    let planning = await this.planNow(parameters, context, false);
    if (!this.options.analyze) return { ...planning.explained, measured: null };
    const formats = this.planned.columns.map(() => 0 as const);
    const { timing: timed } = this.options;
    const stream = this.planned.stream(async (again) => {
      if (again) planning = await this.planNow(parameters, context, true);
      const compiled = compile(planning.bound, planning.plan, formats);
      // Its profile is asked for, timed or not.
      return startRun({ ...compiled, isConstant: false }, timed, context, this.services);
    }, context);
    const measured = await this.measure(stream);
    return { ...planning.explained, measured };
  }

  private async planNow(
    parameters: readonly BoundParameter[],
    context: StatementContext,
    again: boolean,
  ): Promise<Planning> {
    const { services } = this;
    const clock: Clock = services.clock;
    const started = clock.monotonicMs();
    const bound = await this.planned.boundFor(parameters, context, again);
    const { plan, firedRules } = optimized(bound, context, services.evaluator);
    const planningMs = clock.monotonicMs() - started;
    const rules = [...new Set(firedRules)];
    const settings = explainedSettings(context.settings);
    return { bound, plan, explained: { root: planNodes(plan), planningMs, rules, settings } };
  }

  private async measure(stream: QueryStream): Promise<Measured> {
    const { clock } = this.services;
    const started = clock.monotonicMs();
    try {
      for (let page = await stream.next(); page !== null; page = await stream.next()) {
        if (page.kind === "encoded") page.release();
      }
      return { executionMs: clock.monotonicMs() - started, profile: stream.profile() };
    } finally {
      await stream.close();
    }
  }
}
