import type { CopyStmt, Node } from "libpg-query";
import type { Copy, CopyOption } from "../ast/index.js";
import { constructNotSupported, invariant } from "../../errors/index.js";
import { bodyIf, itemsOf, stringsOf } from "../grammar/node.js";
import { freeze, type Lowering } from "./context.js";
import { lowerTableName } from "./from.js";
import { optionText } from "./option.js";
import { textInParentheses } from "./source-text.js";
import { lowerStatementQuery } from "./system-mention.js";

/** COPY in either direction; its old spellings are options to the grammar as well. */
export function lowerCopy(raw: CopyStmt, context: Lowering): Copy {
  const endpoint = raw.is_program === true ? "program" : "file";
  return freeze({
    kind: "copy",
    source: lowerSource(raw, context),
    direction: raw.is_from === true ? "from" : "to",
    endpoint: raw.filename === undefined ? "client" : endpoint,
    options: context.list(raw.options, (node) => lowerOption(node, context)),
    where: raw.whereClause === undefined ? undefined : context.expression(raw.whereClause),
    position: undefined,
  });
}

function lowerSource(raw: CopyStmt, context: Lowering): Copy["source"] {
  if (raw.relation !== undefined) {
    const table = lowerTableName(raw.relation, context);
    return freeze({ kind: "table", table, columns: stringsOf(raw.attlist) });
  }
  const select = bodyIf("SelectStmt", raw.query);
  if (select === undefined) throw constructNotSupported("COPY of what changes rows");
  const text = textInParentheses(context);
  return freeze({ kind: "query", query: lowerStatementQuery(select, text, context) });
}

function lowerOption(node: Node, context: Lowering): CopyOption {
  const option = bodyIf("DefElem", node);
  invariant(option !== undefined, "option expected");
  return freeze({
    name: option.defname ?? "",
    value: lowerValue(option.arg),
    position: context.at(option.location),
  });
}

function lowerValue(argument: Node | undefined): CopyOption["value"] {
  if (argument === undefined) return undefined;
  if ("A_Star" in argument) return freeze({ kind: "all" });
  if ("List" in argument) return freeze({ kind: "names", names: stringsOf(itemsOf(argument)) });
  return freeze({ kind: "word", text: optionText(argument) ?? "" });
}
