import type {
  DeallocateStmt,
  DeclareCursorStmt,
  ExecuteStmt,
  FetchDirection,
  FetchStmt,
  PrepareStmt,
} from "libpg-query";
import type { Deallocate, DeclareCursor, Execute, Fetch, Prepare } from "../ast/index.js";
import { contradictingCursorOptions, invariant } from "../../errors/index.js";
import { bodyIf } from "../grammar/node.js";
import { freeze, type Lowering } from "./context.js";
import { textAfterKeyword } from "./source-text.js";
import { lowerStatementQuery } from "./system-mention.js";
import { lowerTypeName } from "./type-name.js";

export function lowerPrepare(raw: PrepareStmt, context: Lowering): Prepare {
  invariant(raw.query !== undefined, "PREPARE without a statement");
  const text = textAfterKeyword("as", context);
  const select = bodyIf("SelectStmt", raw.query);
  return freeze({
    kind: "prepare",
    name: raw.name ?? "",
    parameterTypes: context.list(raw.argtypes, (node) =>
      lowerTypeName(bodyIf("TypeName", node) ?? {}, context),
    ),
    statement:
      select === undefined
        ? context.statement(raw.query)
        : lowerStatementQuery(select, text, context),
    statementText: text,
    position: undefined,
  });
}

export function lowerExecute(raw: ExecuteStmt, context: Lowering): Execute {
  return freeze({
    kind: "execute",
    name: raw.name ?? "",
    arguments: context.expressions(raw.params),
    position: undefined,
  });
}

export function lowerDeallocate(raw: DeallocateStmt): Deallocate {
  return freeze({
    kind: "deallocate",
    name: raw.isall === true ? undefined : raw.name,
    position: undefined,
  });
}

/** Bits of the grammar's cursor options. INSENSITIVE is how every cursor is. */
const CURSOR = {
  binary: 0x1,
  scroll: 0x2,
  noScroll: 0x4,
  insensitive: 0x8,
  asensitive: 0x10,
  hold: 0x20,
} as const;

export function lowerDeclareCursor(raw: DeclareCursorStmt, context: Lowering): DeclareCursor {
  const select = bodyIf("SelectStmt", raw.query);
  invariant(select !== undefined, "cursor without a query");
  const options = raw.options ?? 0;
  const scroll = (options & CURSOR.scroll) !== 0;
  const noScroll = (options & CURSOR.noScroll) !== 0;
  if (scroll && noScroll) throw contradictingCursorOptions("SCROLL", "NO SCROLL");
  if ((options & CURSOR.insensitive) !== 0 && (options & CURSOR.asensitive) !== 0) {
    throw contradictingCursorOptions("INSENSITIVE", "ASENSITIVE");
  }
  const text = textAfterKeyword("for", context);
  return freeze({
    kind: "declareCursor",
    name: raw.portalname ?? "",
    query: lowerStatementQuery(select, text, context),
    queryText: text,
    binary: (options & CURSOR.binary) !== 0,
    scroll: scroll ? "scroll" : noScroll ? "noScroll" : "default",
    hold: (options & CURSOR.hold) !== 0,
    position: undefined,
  });
}

const DIRECTIONS: Readonly<Record<FetchDirection, Fetch["direction"]>> = {
  FETCH_FORWARD: "forward",
  FETCH_BACKWARD: "backward",
  FETCH_ABSOLUTE: "absolute",
  FETCH_RELATIVE: "relative",
};

/** The grammar's ALL: its largest count, of 32 bits because it runs in WebAssembly. */
const FETCH_ALL = 2 ** 31 - 1;

export function lowerFetch(raw: FetchStmt): Fetch {
  const count = Number(raw.howMany ?? 0);
  return freeze({
    kind: "fetch",
    cursor: raw.portalname ?? "",
    direction: DIRECTIONS[raw.direction ?? "FETCH_FORWARD"],
    count: count === FETCH_ALL ? "all" : count,
    move: raw.ismove ?? false,
    position: undefined,
  });
}
