import { cursorFormatFixed, emptyCursorName, undefinedCursor } from "../../errors/index.js";
import type { CloseCursor, DeclareCursor, Fetch } from "../../parser/index.js";
import { labelled } from "../column-labels.js";
import type { Eventual } from "../eventual.js";
import { linkAbort } from "../interrupts.js";
import type { Format, ResultPage, ResultStream } from "../planner.js";
import type { PreparedStatement } from "../prepared-statement.js";
import type { BoundParameter } from "../planner.js";
import type { SessionState } from "../session-state.js";
import { Portal, type Opened } from "./portal.js";
import type { Retention } from "./row-reader.js";

/** Starts a portal's run. */
export type OpenPortal = (portal: Portal) => Eventual<Opened>;

const RETENTION: Readonly<Record<DeclareCursor["scroll"], Retention>> = {
  scroll: "all",
  default: "few",
  noScroll: "none",
};

/** DECLARE; `prepared` has the plan of the query. */
export function declareCursor(
  statement: DeclareCursor,
  prepared: PreparedStatement,
  parameters: readonly BoundParameter[],
  state: SessionState,
): Opened {
  const { name, hold, binary } = statement;
  if (name === "") throw emptyCursorName();
  if (!hold) state.requireBlock("DECLARE CURSOR");
  const columns = labelled(statement.query, prepared.plan?.columns ?? []);
  state.portals.add(
    new Portal({
      abort: new AbortController(),
      name,
      number: state.portals.nextNumber(),
      statement: { ...prepared, name: "", statement: statement.query, columns },
      columns,
      parameters,
      formats: columns.map(() => (binary ? 1 : 0)),
      memory: state.environment.shared.rowMemory,
      options: {
        retention: RETENTION[statement.scroll],
        hold,
        binary,
        statementText: prepared.text,
        createdMicros: state.statementTimestamp,
      },
    }),
  );
  return { kind: "done", tag: "DECLARE CURSOR" };
}

/** FETCH and MOVE; `signal` ends the cursor's run, too. */
export async function fetchFromCursor(
  statement: Fetch,
  formats: readonly Format[],
  signal: AbortSignal,
  open: OpenPortal,
  state: SessionState,
): Promise<Opened> {
  const { cursor, direction, move } = statement;
  if (cursor === "") throw emptyCursorName();
  const portal = state.portals.find(cursor);
  if (portal === undefined) throw undefinedCursor(cursor);
  const movement = { direction, count: statement.count === "all" ? Infinity : statement.count };
  if (move) {
    const unlink = linkAbort(signal, portal.abort);
    try {
      const rowCount = await portal.move(() => open(portal), movement);
      return { kind: "done", tag: `MOVE ${String(rowCount)}` };
    } finally {
      unlink();
    }
  }
  portal.useFormats(formats);
  if (!sameFormats(portal.formats, formats)) throw cursorFormatFixed(cursor);
  const unlink = linkAbort(signal, portal.abort);
  const pages = portal.fetch(() => open(portal), movement);
  return {
    kind: "rows",
    stream: new FetchStream(pages, unlink),
    tag: { command: "FETCH", counted: true },
  };
}

export function closeCursor(statement: CloseCursor, state: SessionState): void {
  if (statement.cursor === undefined) state.portals.dropAll();
  else if (!state.portals.drop(statement.cursor)) throw undefinedCursor(statement.cursor);
}

/** Before a commit: makes cursors WITH HOLD outlive it. */
export async function holdCursors(
  signal: AbortSignal,
  open: OpenPortal,
  state: SessionState,
): Promise<void> {
  for (const portal of state.portals.toHold) {
    const unlink = linkAbort(signal, portal.abort);
    try {
      await portal.hold(() => open(portal));
    } finally {
      unlink();
    }
  }
}

function sameFormats(a: readonly Format[], b: readonly Format[]): boolean {
  return a.length === b.length && a.every((format, index) => format === b[index]);
}

class FetchStream implements ResultStream {
  constructor(
    private readonly pages: AsyncGenerator<ResultPage, void, undefined>,
    private readonly ended: () => void,
  ) {}

  async next(): Promise<ResultPage | null> {
    const { value } = await this.pages.next();
    return value ?? null;
  }

  async close(): Promise<void> {
    this.ended();
    await this.pages.return();
  }
}
