import type { A_Indirection, ColumnRef, Node } from "libpg-query";
import type { Expression, Subscript } from "../ast/index.js";
import { invariant } from "../../errors/index.js";
import { bodyIf, stringsOf } from "../grammar/node.js";
import { freeze, type Lowering } from "./context.js";

/** A dotted column name, or a star behind its qualifier. */
export function lowerColumnReference(raw: ColumnRef, context: Lowering): Expression {
  const position = context.at(raw.location);
  const fields = raw.fields ?? [];
  const last = fields.at(-1);
  if (last !== undefined && "A_Star" in last) {
    return freeze({ kind: "star", qualifier: stringsOf(fields.slice(0, -1)), position });
  }
  return freeze({ kind: "columnReference", names: stringsOf(fields), position });
}

/** `(x).field`, `x[1]`, `(x).*`, and any sequence of them, from the left. */
export function lowerIndirection(raw: A_Indirection, context: Lowering): Expression {
  invariant(raw.arg !== undefined, "indirection without an operand");
  let operand = context.expression(raw.arg);
  let subscripts: Subscript[] = [];
  const position = operand.position;
  const flush = (): void => {
    if (subscripts.length === 0) return;
    const collected = Object.freeze(subscripts);
    operand = freeze({ kind: "subscripting", operand, subscripts: collected, position });
    subscripts = [];
  };
  for (const step of raw.indirection ?? []) {
    if ("A_Indices" in step) {
      subscripts.push(lowerSubscript(step, context));
      continue;
    }
    flush();
    const field = bodyIf("String", step)?.sval;
    operand =
      field === undefined
        ? freeze({ kind: "fieldStar", operand, position })
        : freeze({ kind: "fieldSelection", operand, field, position });
  }
  flush();
  return operand;
}

function lowerSubscript(step: Node, context: Lowering): Subscript {
  const indices = bodyIf("A_Indices", step);
  if (indices?.is_slice === true) {
    return freeze({
      kind: "slice",
      lower: context.optional(indices.lidx),
      upper: context.optional(indices.uidx),
    });
  }
  invariant(indices?.uidx !== undefined, "subscript without a value");
  return freeze({ kind: "index", value: context.expression(indices.uidx) });
}
