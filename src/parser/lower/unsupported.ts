import type { Node } from "libpg-query";
import type { Unsupported } from "../ast/index.js";
import { freeze } from "./context.js";
import { statementTag } from "./statement-tag.js";

/** The node for a statement that is read and refused later, under its command tag. */
export function unsupported(node: Node): Unsupported {
  return freeze({ kind: "unsupported", tag: statementTag(node), position: undefined });
}
