import { internalError, setsNotAllowed, wrongExecuteParameterCount } from "../errors/index.js";
import { FUNCTIONS } from "../functions/index.js";
import type { Execute, Expression, FunctionCall, Query, SelectItem } from "../parser/index.js";
import { typeOfOid } from "../types/index.js";
import { releasePage } from "./cursor/page-cut.js";
import { decodedRow } from "./functions/data-row.js";
import type { BoundParameter, Planner, ResultPage, StatementContext } from "./planner.js";

/**
 * The arguments of EXECUTE as parameters in text form: they are run as the select list of a query
 * without FROM, each cast to the type of its parameter.
 */
export async function evaluateArguments(
  statement: Execute,
  parameterOids: readonly number[],
  planner: Planner,
  context: StatementContext,
): Promise<readonly BoundParameter[]> {
  const given = statement.arguments;
  if (given.length !== parameterOids.length) {
    throw wrongExecuteParameterCount(statement.name, parameterOids.length, given.length);
  }
  if (given.length === 0) return [];
  refuseSets(given);
  const items = given.map((argument, index) => castTo(argument, parameterOids[index] ?? 0));
  const plan = await planner.plan(selectOf(items), null, context);
  const stream = plan.start(
    [],
    items.map(() => 0),
    context,
  );
  try {
    const page = await stream.next();
    if (page === null) throw internalError("the arguments of EXECUTE gave no row");
    try {
      return firstRow(page);
    } finally {
      releasePage(page);
    }
  } finally {
    await stream.close();
  }
}

/** 0A000 for a set-returning function: a parameter is one value. */
function refuseSets(node: unknown): void {
  if (typeof node !== "object" || node === null) return;
  if ("kind" in node && node.kind === "functionCall") {
    const call = node as FunctionCall;
    const isSet = FUNCTIONS.tables(call.name.at(-1) ?? "").length > 0;
    if (isSet) throw setsNotAllowed("EXECUTE parameters", call.position);
  }
  Object.values(node).forEach(refuseSets);
}

/** An argument as a select item of its own, cast to the type with that OID. */
export function castTo(operand: Expression, oid: number): SelectItem {
  const name = typeOfOid(oid);
  if (name === undefined) throw internalError(`no type has the OID ${String(oid)}`);
  const { position } = operand;
  const type = {
    kind: "typeName",
    schema: "pg_catalog",
    name,
    modifiers: [],
    intervalFields: undefined,
    arrayDimensions: 0,
    setOf: false,
    position,
  } as const;
  const value = { kind: "cast", operand, type, position } as const;
  return { kind: "selectItem", value, alias: undefined, position };
}

function selectOf(items: readonly SelectItem[]): Query {
  return {
    kind: "query",
    with: undefined,
    body: {
      kind: "select",
      distinct: undefined,
      items,
      from: [],
      where: undefined,
      groupBy: [],
      groupDistinct: false,
      having: undefined,
      windows: [],
      position: undefined,
    },
    orderBy: [],
    limit: undefined,
    withTies: false,
    offset: undefined,
    locking: [],
    position: undefined,
  };
}

function firstRow(page: ResultPage): readonly BoundParameter[] {
  if (page.kind === "text") {
    return (page.rows[0] ?? []).map((value) => ({
      format: 0,
      bytes: value === null ? null : Buffer.from(value, "utf8"),
    }));
  }
  // Copied: the page goes back to the engine.
  return decodedRow(page.bytes).map((value) => ({
    format: 0,
    bytes: value === null ? null : new Uint8Array(value),
  }));
}
