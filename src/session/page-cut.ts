import { internalError } from "../errors/index.js";
import type { EncodedPage, ResultPage, TextPage } from "./planner.js";

/** The part of a page that may go now, and what stays for later. */
export interface PageCut {
  readonly head: ResultPage;
  readonly tail: ResultPage;
}

/** Rows in a page. */
export function rowCountOf(page: ResultPage): number {
  return page.kind === "encoded" ? page.rowCount : page.rows.length;
}

/** Gives a page's memory back. */
export function releasePage(page: ResultPage): void {
  if (page.kind === "encoded") page.release();
}

/**
 * Cuts a page after its first `rows` rows (more than none, fewer than all). The tail of a page in
 * borrowed memory is copied, so that a suspended portal holds no buffer of the engine's ring; it then
 * owns its memory, and later cuts of it copy nothing.
 */
export function cutPage(page: ResultPage, rows: number): PageCut {
  return page.kind === "encoded" ? cutEncoded(page, rows) : cutText(page, rows);
}

function cutText(page: TextPage, rows: number): PageCut {
  return {
    head: { kind: "text", rows: page.rows.slice(0, rows) },
    tail: { kind: "text", rows: page.rows.slice(rows) },
  };
}

/** Memory of our own: nothing to give back. */
class OwnedPage implements EncodedPage {
  readonly kind = "encoded";

  constructor(
    readonly bytes: Uint8Array,
    readonly rowCount: number,
  ) {}

  release(): void {
    // The collector frees it.
  }
}

function cutEncoded(page: EncodedPage, rows: number): PageCut {
  const at = offsetOfRow(page.bytes, rows);
  const headBytes = page.bytes.subarray(0, at);
  const tailBytes = page.bytes.subarray(at);
  const tailCount = page.rowCount - rows;
  if (page instanceof OwnedPage) {
    return { head: new OwnedPage(headBytes, rows), tail: new OwnedPage(tailBytes, tailCount) };
  }
  return {
    head: {
      kind: "encoded",
      bytes: headBytes,
      rowCount: rows,
      release: () => page.release(),
    },
    tail: new OwnedPage(new Uint8Array(tailBytes), tailCount),
  };
}

/** Where row `row` starts: every DataRow tells its length behind its type byte. */
function offsetOfRow(bytes: Uint8Array, row: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = 0;
  for (let skipped = 0; skipped < row; skipped++) {
    if (offset + 5 > bytes.length)
      throw internalError("a result page holds fewer rows than it says");
    offset += 1 + view.getUint32(offset + 1);
  }
  if (offset > bytes.length) throw internalError("a result page ends inside a row");
  return offset;
}
