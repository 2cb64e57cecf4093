import type { ParseResult } from "libpg-query";

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The operator that stands for MySQL's DIV in both texts' trees. */
export const WHOLE_QUOTIENT = "//";

/**
 * Whether two texts were parsed to one tree. Positions do not count, nor how AND and OR are nested
 * in themselves, nor whether ASC was written.
 */
export function sameTree(left: ParseResult, right: ParseResult): boolean {
  return JSON.stringify(normal(left as Json)) === JSON.stringify(normal(right as Json));
}

/** The tree with the quotients at these byte offsets named for what they are. */
export function withWholeQuotients(
  tree: ParseResult,
  isWhole: (location: number) => boolean,
): ParseResult {
  return JSON.parse(JSON.stringify(tree), (_key, value: unknown) => {
    const node = value as { readonly A_Expr?: { location?: number; name?: unknown } } | null;
    const operator = typeof node === "object" ? node?.A_Expr : undefined;
    if (operator?.location !== undefined && isWhole(operator.location)) {
      operator.name = [{ String: { sval: WHOLE_QUOTIENT } }];
    }
    return value;
  }) as ParseResult;
}

const LOCATION = /location$|^stmt_len$|^rexpr_list_(start|end)$|^list_(start|end)$/;

function normal(node: Json): Json {
  if (Array.isArray(node)) return (node as readonly Json[]).map(normal);
  if (typeof node !== "object" || node === null) return node;
  const fields = node as { readonly [key: string]: Json };
  const entries = Object.entries(fields)
    .filter(([key]) => !LOCATION.test(key))
    .map(([key, value]): [string, Json] => [
      key,
      key === "sortby_dir" ? direction(value) : normal(value),
    ])
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const result: { readonly [key: string]: Json } = Object.fromEntries(entries);
  return "BoolExpr" in result ? { BoolExpr: flattened(result["BoolExpr"] ?? null) } : result;
}

function direction(value: Json): Json {
  return value === "SORTBY_ASC" ? "SORTBY_DEFAULT" : value;
}

/** AND and OR are associative: `a AND (b AND c)` is `a AND b AND c`. */
function flattened(body: Json): Json {
  const { boolop, args } = body as { readonly boolop?: Json; readonly args?: readonly Json[] };
  if (boolop === "NOT_EXPR") return body;
  const operands = (args ?? []).flatMap((operand): readonly Json[] => {
    const inner = (operand as { readonly BoolExpr?: typeof body }).BoolExpr;
    const { boolop: op, args: own } = (inner ?? {}) as {
      readonly boolop?: Json;
      readonly args?: readonly Json[];
    };
    return inner !== undefined && op === boolop && own !== undefined ? own : [operand];
  });
  return { boolop: boolop ?? null, args: operands };
}
