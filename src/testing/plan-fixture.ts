import type { CatalogSnapshot } from "../catalog/index.js";
import {
  DEFAULT_OPTIMIZER_SETTINGS,
  optimize,
  type OptimizedQuery,
  type OptimizerSettings,
} from "../optimizer/index.js";
import type { BoundQuery, ConstantEvaluator } from "../plan/index.js";
import { bindText, contextFor, textReader } from "./bind-fixture.js";

/** Optimizes a query bound against the catalog, as a session would. */
export function planText(
  sql: string,
  catalog: CatalogSnapshot,
  settings: Partial<OptimizerSettings> = {},
  evaluator: ConstantEvaluator = textReader,
): OptimizedQuery {
  return planBound(bindText(sql, catalog).query, catalog, settings, evaluator);
}

export function planBound(
  query: BoundQuery,
  catalog: CatalogSnapshot,
  settings: Partial<OptimizerSettings> = {},
  evaluator: ConstantEvaluator = textReader,
): OptimizedQuery {
  return optimize(query, {
    settings: { ...DEFAULT_OPTIMIZER_SETTINGS, ...settings },
    evaluator,
    evaluation: contextFor(catalog).settings,
  });
}
