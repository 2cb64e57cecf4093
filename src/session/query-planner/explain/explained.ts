import type { QueryProfile } from "../../../engine/index.js";
import type { PlanNode } from "./plan-node.js";

/** What running the plan showed; absent for plain EXPLAIN. */
export interface Measured {
  readonly profile: QueryProfile;
  readonly executionMs: number;
}

export interface Explained {
  readonly root: PlanNode;
  readonly planningMs: number;
  /** Names of the rules that changed the plan, each once. */
  readonly rules: readonly string[];
  /** Settings that plans depend on and that somebody changed. */
  readonly settings: readonly { readonly name: string; readonly value: string }[];
  readonly measured: Measured | null;
}
