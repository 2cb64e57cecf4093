import type { Rule } from "./rule.js";

export interface RegisteredRule {
  readonly rule: Rule;
  /** Why no query with such a construct could be planned without it; it cannot be switched off. */
  readonly required?: string;
}

export interface Phase {
  readonly name: string;
  /** Whether the rules are applied again and again until none changes the plan. */
  readonly repeat: boolean;
  readonly rules: readonly RegisteredRule[];
}
