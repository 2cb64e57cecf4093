import type { CopyFormat } from "../../fragments/index.js";
import { releasePage, rowCountOf } from "../cursor/page-cut.js";
import { valuesOf, type WireValue } from "../data-row.js";
import type { EncodedPage, ResultStream } from "../planner.js";
import { csvText, escapedText } from "./copy-text.js";

/** Rows that the engine did not make, as COPY sends them; they come in the format's own encoding. */
export function copiedRows(rows: ResultStream, format: CopyFormat): ResultStream {
  return {
    next: async () => {
      const page = await rows.next();
      if (page === null) return null;
      const messages: Uint8Array[] = [];
      for (const values of valuesOf(page)) messages.push(copyData(encoded(values, format)));
      const rowCount = rowCountOf(page);
      releasePage(page);
      const bytes = Buffer.concat(messages);
      return { kind: "encoded", bytes, rowCount, release: () => undefined } satisfies EncodedPage;
    },
    close: () => rows.close(),
  };
}

function encoded(values: readonly WireValue[], format: CopyFormat): Uint8Array {
  return format.kind === "binary" ? binaryRow(values) : Buffer.from(line(values, format), "utf8");
}

function line(values: readonly WireValue[], format: CopyFormat): string {
  const isOnly = values.length === 1;
  const written = values.map((value, index) => {
    if (value === null) return format.null;
    const text = Buffer.from(value.buffer, value.byteOffset, value.length).toString("utf8");
    if (format.kind !== "csv") return escapedText(text, format);
    return csvText(text, format, isOnly, format.forceQuote[index]);
  });
  return `${written.join(format.delimiter)}\n`;
}

/** Count, then length and bytes of each. */
function binaryRow(values: readonly WireValue[]): Uint8Array {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(values.length);
  const parts = values.flatMap((value) => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(value?.length ?? -1);
    return value === null ? [length] : [length, value];
  });
  return Buffer.concat([head, ...parts]);
}

/** One CopyData message. */
function copyData(body: Uint8Array): Uint8Array {
  const head = Buffer.alloc(5);
  head.writeUInt8(0x64);
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
