import { Refusal } from "../refusal.js";
import { typeText, typeWordCount } from "../spelling.js";
import type { Printing } from "./print-expression.js";
import { only, textOf, treesOf, type Tree } from "./tree.js";

/** `CAST(x AS t)` and `x::t::u`. */
export function printCast(node: Tree, printing: Printing): string {
  only(node, "CAST", ["keyword", "expr", "symbol", "target"]);
  const keyword = textOf(node["keyword"], "CAST").toLowerCase();
  if (keyword !== "cast") throw new Refusal(`${keyword.toUpperCase()} is not read`);
  const targets = treesOf(node["target"]);
  if (targets.length === 0) throw new Refusal("CAST without a type");
  return targets.reduce(
    (printed, target) => `CAST(${printed} AS ${printType(target)})`,
    printing.operand(node["expr"]),
  );
}

export function printCastTo(value: unknown, target: Tree, printing: Printing): string {
  return `CAST(${printing.operand(value)} AS ${printType(target)})`;
}

/** `NAME(p, s)` may be one text or several fields. */
function printType(target: Tree): string {
  only(target, "a type", ["dataType", "length", "scale", "suffix"]);
  const written = textOf(target["dataType"], "a type").trim();
  const [, name = "", inner] = /^([A-Za-z0-9_ ]+?)\s*(?:\(([^()]*)\))?$/.exec(written) ?? [];
  const words = name.toLowerCase().split(/\s+/);
  if (name === "" || typeWordCount(words) !== words.length) {
    throw new Refusal(`type ${written} is not read`);
  }
  const listed = inner === undefined ? [] : inner.split(",").map((part) => part.trim());
  const fields = [target["length"], target["scale"]]
    .filter((value) => value !== null && value !== undefined)
    .map(String);
  return typeText(words, [...listed, ...fields]);
}
