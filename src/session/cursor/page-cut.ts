import { internalError } from "../../errors/index.js";
import type { EncodedPage, ResultPage, TextPage } from "../planner.js";

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

/** Bytes that a page takes, near enough for text. */
export function sizeOf(page: ResultPage): number {
  if (page.kind === "encoded") return page.bytes.length;
  let size = 0;
  for (const row of page.rows) for (const value of row) size += 16 + 2 * (value?.length ?? 0);
  return size;
}

/** The same rows in memory of our own; the page stays the caller's. */
export function ownedPage(page: ResultPage): ResultPage {
  if (page.kind === "text" || page instanceof OwnedPage) return page;
  return new OwnedPage(new Uint8Array(page.bytes), page.rowCount);
}

/** The rows [from, to) of an owned page; copies nothing. */
export function slicedPage(page: ResultPage, from: number, to: number): ResultPage {
  if (page.kind === "text") return { kind: "text", rows: page.rows.slice(from, to) };
  if (from === 0 && to === page.rowCount) return page;
  const start = offsetOfRow(page.bytes, from);
  const rest = page.bytes.subarray(start);
  return new OwnedPage(rest.subarray(0, offsetOfRow(rest, to - from)), to - from);
}

/** The rows of an owned page, last first. */
export function reversedPage(page: ResultPage): ResultPage {
  if (page.kind === "text") return { kind: "text", rows: page.rows.toReversed() };
  const { bytes, rowCount } = page;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reversed = new Uint8Array(bytes.length);
  let to = bytes.length;
  for (let from = 0, row = 0; row < rowCount; row++) {
    const size = 1 + view.getUint32(from + 1);
    to -= size;
    reversed.set(bytes.subarray(from, from + size), to);
    from += size;
  }
  return new OwnedPage(reversed, rowCount);
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
