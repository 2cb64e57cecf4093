import { rowLockingNotSupported, unreachable } from "../../errors/index.js";
import type { Query, QueryBody } from "../../parser/index.js";
import type { Scope } from "../scope.js";
import type { QueryOptions, QueryResult } from "./query-result.js";
import { bindSelect } from "./select.js";
import { bindSetOperation } from "./set-operation.js";
import { bindValues } from "./values.js";
import { bindWith, wrapWith } from "./with.js";

/** A whole query inside `outer`: WITH, body, ORDER BY, LIMIT. */
export function bindQueryIn(query: Query, outer: Scope, options: QueryOptions): QueryResult {
  const [lock] = query.locking;
  if (lock !== undefined) throw rowLockingNotSupported(lock.strength);
  const scope = outer.child();
  const common = bindWith(query.with, scope);
  const result = bindBody(query.body, query, scope, options);
  return { ...result, plan: wrapWith(common, result.plan) };
}

function bindBody(body: QueryBody, query: Query, scope: Scope, options: QueryOptions): QueryResult {
  switch (body.kind) {
    case "select":
      return bindSelect(body, query, scope, options);
    case "values":
      return bindValues(body, query, scope);
    case "setOperation":
      return bindSetOperation(body, query, scope);
    default:
      return unreachable(body);
  }
}
