import { serialize } from "pg-protocol";
import {
  reportFields,
  type WireClient,
  type WireMessage,
} from "../../../src/testing/wire-client.js";
import type { CapturedStatement } from "./statements.js";

/** What a server said to a statement: comparable between servers. */
export interface Answer {
  /** One for each result. */
  readonly columns: readonly (readonly AnswerColumn[])[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** Command tags, errors and notices. */
  readonly said: readonly string[];
}

interface AnswerColumn {
  readonly name: string;
  readonly typeOid: number;
  readonly typmod: number;
}

export type Format = "text" | "binary";

/** Names an object by its OID, or undefined for what no user made. */
export type NameOf = (oid: number) => string | undefined;

const OID_TYPE = 26;
const OID_VECTOR_TYPE = 30;
const OID_ARRAY_TYPE = 1028;
const HEADER_AND_END = Buffer.concat([
  Buffer.from("PGCOPY\n\xff\r\n\0", "latin1"),
  Buffer.alloc(8),
  Buffer.from([0xff, 0xff]),
]);

/** Sends a statement as it was captured and gathers the answer. */
export async function ask(
  client: WireClient,
  { text, protocol, values }: CapturedStatement,
  format: Format,
  nameOf: NameOf,
): Promise<Answer> {
  if (protocol === "simple") {
    client.send(serialize.query(text), ...copied(text));
  } else {
    client.send(
      serialize.parse({ text }),
      serialize.describe({ type: "S", name: "" }),
      serialize.bind({ values: [...values], binary: format === "binary" }),
      serialize.execute(),
      ...copied(text),
      serialize.sync(),
    );
  }
  return gather(await client.untilReady(), format, nameOf);
}

/** What follows a COPY FROM STDIN: no row, in the statement's format. */
function copied(text: string): readonly Uint8Array[] {
  if (!/^copy\b.*\bfrom stdin\b/is.test(text)) return [];
  const data = /\bbinary\b/i.test(text) ? [serialize.copyData(HEADER_AND_END)] : [];
  return [...data, serialize.copyDone()];
}

function gather(messages: readonly WireMessage[], format: Format, nameOf: NameOf): Answer {
  const columns: AnswerColumn[][] = [];
  const rows: (string | null)[][] = [];
  const said: string[] = [];
  for (const { tag, body } of messages) {
    if (tag === "T") columns.push(describedColumns(body, nameOf));
    else if (tag === "D") rows.push(rowCells(body, columns.at(-1) ?? [], format, nameOf));
    else if (tag === "C") said.push(body.toString("utf8", 0, body.length - 1));
    else if (tag === "E" || tag === "N") {
      const { S = "", C = "", M = "" } = reportFields(body);
      said.push(`${S} ${C} ${M}`);
    } else if (tag === "d") rows.push([body.toString("latin1")]);
    else if (tag === "t") said.push(`parameters ${parameterTypes(body).join(" ")}`);
  }
  return { columns, rows, said };
}

function parameterTypes(body: Buffer): readonly number[] {
  const count = body.readUInt16BE(0);
  return Array.from({ length: count }, (_, index) => body.readUInt32BE(2 + 4 * index));
}

function describedColumns(body: Buffer, nameOf: NameOf): AnswerColumn[] {
  let at = 2;
  return Array.from({ length: body.readUInt16BE(0) }, () => {
    const end = body.indexOf(0, at);
    const name = body.toString("utf8", at, end);
    const typeOid = body.readUInt32BE(end + 7);
    at = end + 19;
    const typmod = body.readInt32BE(end + 13);
    // A type that initdb made has another OID in another build: its name tells more.
    return { name, typeOid, typmod, ...named(typeOid, nameOf) };
  });
}

function named(oid: number, nameOf: NameOf): { readonly typeName?: string } {
  const typeName = nameOf(oid);
  return typeName === undefined ? {} : { typeName };
}

function rowCells(
  body: Buffer,
  columns: readonly AnswerColumn[],
  format: Format,
  nameOf: NameOf,
): (string | null)[] {
  let at = 2;
  return Array.from({ length: body.readUInt16BE(0) }, (_, index) => {
    const length = body.readInt32BE(at);
    at += 4;
    if (length < 0) return null;
    const bytes = body.subarray(at, at + length);
    at += length;
    const typeOid = columns[index]?.typeOid ?? 0;
    return format === "text"
      ? textCell(bytes.toString("utf8"), typeOid, nameOf)
      : binaryCell(bytes, typeOid, nameOf);
  });
}

/** OIDs of users' objects are told by the objects' names: each server has its own. */
function textCell(text: string, typeOid: number, nameOf: NameOf): string {
  if (![OID_TYPE, OID_VECTOR_TYPE, OID_ARRAY_TYPE].includes(typeOid)) return text;
  return text.replaceAll(/\d+/g, (digits) => nameOf(Number(digits)) ?? digits);
}

function binaryCell(bytes: Buffer, typeOid: number, nameOf: NameOf): string {
  if (typeOid === OID_TYPE) {
    const oid = bytes.readUInt32BE(0);
    return nameOf(oid) ?? String(oid);
  }
  if (typeOid === OID_ARRAY_TYPE && bytes.length > 20) {
    const oids = Array.from({ length: (bytes.length - 20) / 8 }, (_, index) => {
      return bytes.readUInt32BE(20 + 8 * index + 4);
    });
    return `{${oids.map((oid) => nameOf(oid) ?? String(oid)).join(",")}}`;
  }
  return bytes.toString("hex");
}
