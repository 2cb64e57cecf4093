import type { Node } from "libpg-query";
import type { StringOption, UtilityOption } from "../ast/index.js";
import { invariant } from "../../errors/index.js";
import { bodyIf, itemsOf } from "../grammar/node.js";
import { freeze, type Lowering } from "./context.js";

/** `OPTIONS (name 'value', …)`. */
export function lowerStringOptions(
  nodes: readonly Node[] | undefined,
  context: Lowering,
): readonly StringOption[] {
  return context.list(nodes, (node) => {
    const option = bodyIf("DefElem", node);
    invariant(option !== undefined, "option expected");
    return freeze({
      name: option.defname ?? "",
      value: optionText(option.arg) ?? "",
      position: context.at(option.location),
    });
  });
}

/** `(ANALYZE, FORMAT json)` of EXPLAIN, ANALYZE and VACUUM. */
export function lowerUtilityOptions(
  nodes: readonly Node[] | undefined,
  context: Lowering,
): readonly UtilityOption[] {
  return context.list(nodes, (node) => {
    const option = bodyIf("DefElem", node);
    invariant(option !== undefined, "option expected");
    return freeze({
      name: option.defname ?? "",
      value: optionText(option.arg),
      position: context.at(option.location),
    });
  });
}

/** Words and numbers as text; a parenthesised list as its items with commas between. */
export function optionText(node: Node | undefined): string | undefined {
  if (node === undefined) return undefined;
  const string = bodyIf("String", node);
  if (string !== undefined) return string.sval ?? "";
  const integer = bodyIf("Integer", node);
  if (integer !== undefined) return String(integer.ival ?? 0);
  const float = bodyIf("Float", node);
  if (float !== undefined) return float.fval ?? "0";
  const boolean = bodyIf("Boolean", node);
  if (boolean !== undefined) return boolean.boolval === true ? "true" : "false";
  if ("List" in node) return itemsOf(node).map(optionText).join(", ");
  return undefined;
}
