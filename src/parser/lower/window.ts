import type { Node, WindowDef } from "libpg-query";
import type { FrameBound, WindowDefinition, WindowFrame, WindowReference } from "../ast/index.js";
import { invariant } from "../../errors/index.js";
import { freeze, type Lowering } from "./context.js";

/** Bits of the grammar's frameOptions. */
const FRAME = {
  nonDefault: 0x1,
  range: 0x2,
  rows: 0x4,
  groups: 0x8,
  startUnboundedPreceding: 0x20,
  startCurrentRow: 0x200,
  startPreceding: 0x800,
  startFollowing: 0x2000,
  endUnboundedFollowing: 0x100,
  endCurrentRow: 0x400,
  endPreceding: 0x1000,
  endFollowing: 0x4000,
  excludeCurrentRow: 0x8000,
  excludeGroup: 0x10000,
  excludeTies: 0x20000,
} as const;

/** `OVER w` names a window; `OVER (w …)` builds on one. */
export function lowerOver(raw: WindowDef, context: Lowering): WindowReference | WindowDefinition {
  if (raw.name === undefined) return lowerWindow(raw, context);
  return freeze({
    kind: "windowReference",
    name: raw.name,
    position: context.at(raw.location),
  });
}

export function lowerWindow(raw: WindowDef, context: Lowering): WindowDefinition {
  return freeze({
    kind: "windowDefinition",
    name: raw.name,
    base: raw.refname,
    partitionBy: context.expressions(raw.partitionClause),
    orderBy: context.orderItems(raw.orderClause),
    frame: lowerFrame(raw, context),
    position: context.at(raw.location),
  });
}

function lowerFrame(raw: WindowDef, context: Lowering): WindowFrame | undefined {
  const options = raw.frameOptions ?? 0;
  if ((options & FRAME.nonDefault) === 0) return undefined;
  return freeze({
    mode: frameMode(options),
    start: startBound(options, raw.startOffset, context),
    end: endBound(options, raw.endOffset, context),
    exclude: exclusion(options),
  });
}

function frameMode(options: number): WindowFrame["mode"] {
  if ((options & FRAME.rows) !== 0) return "rows";
  return (options & FRAME.groups) !== 0 ? "groups" : "range";
}

function exclusion(options: number): WindowFrame["exclude"] {
  if ((options & FRAME.excludeCurrentRow) !== 0) return "currentRow";
  if ((options & FRAME.excludeGroup) !== 0) return "group";
  return (options & FRAME.excludeTies) !== 0 ? "ties" : "none";
}

function startBound(options: number, offset: Node | undefined, context: Lowering): FrameBound {
  if ((options & FRAME.startUnboundedPreceding) !== 0)
    return freeze({ kind: "unboundedPreceding" });
  if ((options & FRAME.startCurrentRow) !== 0) return freeze({ kind: "currentRow" });
  const kind = (options & FRAME.startPreceding) !== 0 ? "preceding" : "following";
  return offsetBound(kind, offset, context);
}

function endBound(options: number, offset: Node | undefined, context: Lowering): FrameBound {
  if ((options & FRAME.endUnboundedFollowing) !== 0) return freeze({ kind: "unboundedFollowing" });
  if ((options & FRAME.endCurrentRow) !== 0) return freeze({ kind: "currentRow" });
  const kind = (options & FRAME.endPreceding) !== 0 ? "preceding" : "following";
  return offsetBound(kind, offset, context);
}

function offsetBound(
  kind: "preceding" | "following",
  offset: Node | undefined,
  context: Lowering,
): FrameBound {
  invariant(offset !== undefined, "frame bound without an offset");
  return freeze({ kind, offset: context.expression(offset) });
}
