import type { Query } from "../../parser/index.js";
import type { StatementContext } from "../planner.js";
import type { SharedPlan } from "./shared-plan.js";

/** Plans of one tree: sessions with other settings or declared types have others. */
const MOST_PLANS_A_QUERY = 8;

/**
 * Plans by tree and by all they depend on. Trees of equal texts are one object as long as the
 * statement cache keeps it, so plans live as long as their text is in use.
 */
export class PlanCache {
  private readonly byQuery = new WeakMap<Query, Map<string, SharedPlan>>();

  get(query: Query, key: string): SharedPlan | undefined {
    return this.byQuery.get(query)?.get(key);
  }

  /** Takes the place of an older plan of the same key. */
  put(query: Query, key: string, plan: SharedPlan): void {
    let plans = this.byQuery.get(query);
    if (plans === undefined) {
      plans = new Map();
      this.byQuery.set(query, plans);
    }
    plans.delete(key);
    plans.set(key, plan);
    const [oldest] = plans.keys();
    if (plans.size > MOST_PLANS_A_QUERY && oldest !== undefined) plans.delete(oldest);
  }
}

/**
 * All of a session that a shared plan may depend on beside the catalog, which is compared by its
 * snapshot, and what PlanUses finds out.
 */
export function planKey(context: StatementContext, oids: readonly number[] | null): string {
  const { session, settings } = context;
  return `${settings.planKey}\n${session.database}\n${oids === null ? "none" : oids.join()}`;
}
