import type { Node } from "libpg-query";
import { bodyIf, kindOf, type NodeKind } from "../grammar/node.js";

/** How users know what the grammar's node types stand for. */
const CONSTRUCTS: { readonly [K in NodeKind]?: string } = {
  CurrentOfExpr: "WHERE CURRENT OF",
  JsonArrayAgg: "JSON_ARRAYAGG",
  JsonArrayConstructor: "JSON_ARRAY",
  JsonArrayQueryConstructor: "JSON_ARRAY",
  JsonIsPredicate: "IS JSON",
  JsonObjectAgg: "JSON_OBJECTAGG",
  JsonObjectConstructor: "JSON_OBJECT",
  JsonParseExpr: "JSON()",
  JsonScalarExpr: "JSON_SCALAR",
  JsonSerializeExpr: "JSON_SERIALIZE",
  JsonTable: "JSON_TABLE",
  MergeSupportFunc: "MERGE_ACTION",
  RangeTableFunc: "XMLTABLE",
  RangeTableSample: "TABLESAMPLE",
  XmlExpr: "XML",
  XmlSerialize: "XMLSERIALIZE",
};

/** The construct's SQL name; for a node we have no word for, the grammar's own. */
export function constructName(node: Node): string {
  // JSON_EXISTS, JSON_QUERY and JSON_VALUE are one type.
  const json = bodyIf("JsonFuncExpr", node);
  if (json !== undefined) return (json.op ?? "JSON functions").replace(/_OP$/, "");
  const kind = kindOf(node);
  return CONSTRUCTS[kind] ?? kind;
}
