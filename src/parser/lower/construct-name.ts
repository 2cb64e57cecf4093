import type { Node } from "libpg-query";
import { kindOf, type NodeKind } from "../grammar/node.js";

/** How users know what the grammar's node types stand for. */
const CONSTRUCTS: { readonly [K in NodeKind]?: string } = {
  CurrentOfExpr: "WHERE CURRENT OF",
  JsonArrayAgg: "JSON_ARRAYAGG",
  JsonArrayConstructor: "JSON_ARRAY",
  JsonArrayQueryConstructor: "JSON_ARRAY",
  JsonFuncExpr: "JSON_EXISTS, JSON_QUERY or JSON_VALUE",
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
  const kind = kindOf(node);
  return CONSTRUCTS[kind] ?? kind;
}
