import {
  aggregatesNotAllowed,
  internalError,
  setsNotAllowed,
  subqueryInExecute,
  windowsNotAllowed,
  wrongExecuteParameterCount,
} from "../errors/index.js";
import { FUNCTIONS } from "../functions/index.js";
import {
  builtQuery,
  builtSelect,
  builtTypeName,
  type Execute,
  type Expression,
  type FunctionCall,
  type ScalarSubquery,
  type SelectItem,
} from "../parser/index.js";
import { typeOfOid } from "../types/index.js";
import { releasePage } from "./cursor/page-cut.js";
import { decodedRow } from "./data-row.js";
import type { BoundParameter, Planner, ResultPage, StatementContext } from "./planner.js";

/**
 * The arguments of EXECUTE as parameters in text form: they are run as the select list of a query
 * without FROM, each assigned to the type of its parameter.
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
  given.forEach(refuseAnythingButValues);
  const items = given.map((argument, index) =>
    castTo(argument, parameterOids[index] ?? 0, index + 1),
  );
  const plan = await planner.plan(builtQuery(builtSelect({ items })), null, context);
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

/** Refuses subqueries, aggregates, window functions and sets: a parameter is one value. */
function refuseAnythingButValues(node: unknown): void {
  if (typeof node !== "object" || node === null) return;
  if ("kind" in node) {
    if (SUBQUERIES.has(String(node.kind))) {
      throw subqueryInExecute((node as ScalarSubquery).position);
    }
    if (node.kind === "functionCall") refuseCall(node as FunctionCall);
  }
  Object.values(node).forEach(refuseAnythingButValues);
}

const SUBQUERIES: ReadonlySet<string> = new Set<Expression["kind"]>([
  "scalarSubquery",
  "exists",
  "inSubquery",
  "quantifiedSubquery",
  "arraySubquery",
]);

function refuseCall(call: FunctionCall): void {
  const { over, position } = call;
  const name = call.name.at(-1) ?? "";
  if (over !== undefined) throw windowsNotAllowed(PLACE, position);
  if (FUNCTIONS.aggregates(name).length > 0) throw aggregatesNotAllowed(PLACE, position);
  if (FUNCTIONS.tables(name).length > 0) throw setsNotAllowed(PLACE, position);
}

const PLACE = "EXECUTE parameters";

/**
 * An argument as a select item of its own, cast to the type with that OID: by assignment where it is
 * the value of parameter number `parameter`, else explicitly.
 */
export function castTo(operand: Expression, oid: number, parameter?: number): SelectItem {
  const name = typeOfOid(oid);
  if (name === undefined) throw internalError(`no type has the OID ${String(oid)}`);
  const { position } = operand;
  const type = builtTypeName(name, position);
  const assigned = parameter === undefined ? {} : { parameter };
  const value = { kind: "cast", operand, type, ...assigned, position } as const;
  return { kind: "selectItem", value, alias: undefined, position };
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
