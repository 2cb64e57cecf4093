import type { SubLink } from "libpg-query";
import type { Expression } from "../ast/index.js";
import { constructNotSupported, invariant } from "../../errors/index.js";
import { bodyIf } from "../grammar/node.js";
import { freeze, type Lowering } from "./context.js";
import { lowerOperatorName } from "./operator.js";

/** A subquery as an expression. */
export function lowerSubLink(raw: SubLink, context: Lowering): Expression {
  const position = context.at(raw.location);
  const select = bodyIf("SelectStmt", raw.subselect);
  invariant(select !== undefined, "subquery that is no SELECT");
  const query = context.query(select);
  switch (raw.subLinkType) {
    case "EXISTS_SUBLINK":
      return freeze({ kind: "exists", query, position });
    case "EXPR_SUBLINK":
      return freeze({ kind: "scalarSubquery", query, position });
    case "ARRAY_SUBLINK":
      return freeze({ kind: "arraySubquery", query, position });
    case "ANY_SUBLINK":
    case "ALL_SUBLINK": {
      invariant(raw.testexpr !== undefined, "quantified subquery without an operand");
      const left = context.expression(raw.testexpr);
      if (raw.operName === undefined) {
        return freeze({ kind: "inSubquery", operand: left, query, position });
      }
      return freeze({
        kind: "quantifiedSubquery",
        operator: lowerOperatorName(raw.operName),
        quantifier: raw.subLinkType === "ANY_SUBLINK" ? "any" : "all",
        left,
        query,
        position,
      });
    }
    case "ROWCOMPARE_SUBLINK":
    case "MULTIEXPR_SUBLINK":
    case "CTE_SUBLINK":
    case undefined:
    default:
      throw constructNotSupported("this form of subquery", position);
  }
}
