import assert from "node:assert/strict";
import { test } from "node:test";
import { parse as parseBackend, serialize } from "pg-protocol";
import { Readable } from "node:stream";
import { SqlError } from "../../errors/index.js";
import { SeededRandom } from "../../testing/seeded-random.js";
import {
  decodeFrontendMessage,
  decodeStartupPacket,
  FrameReader,
  MessageWriter,
  writeAuthenticationOk,
  writeBackendKeyData,
  writeCommandComplete,
  writeParameterDescription,
  writeParameterStatus,
  writeReadyForQuery,
  writeReport,
  writeRowDescription,
  writeTextRow,
  type FrontendMessage,
} from "./index.js";

function decodeAll(bytes: Uint8Array): FrontendMessage[] {
  const reader = new FrameReader();
  reader.push(bytes);
  const messages: FrontendMessage[] = [];
  for (let frame = reader.message(); frame !== null; frame = reader.message()) {
    messages.push(decodeFrontendMessage(frame));
  }
  assert.equal(reader.bufferedBytes, 0);
  return messages;
}

const CONVERSATION = Buffer.concat([
  serialize.parse({ name: "s", text: "select $1, $2 -- ä€😀", types: [23, 4294967295] }),
  serialize.bind({ portal: "p", statement: "s", values: ["1", null], binary: true }),
  serialize.describe({ type: "S", name: "s" }),
  serialize.describe({ type: "P", name: "p" }),
  serialize.execute({ portal: "p", rows: 9 }),
  serialize.close({ type: "P", name: "p" }),
  serialize.flush(),
  serialize.sync(),
  serialize.query("select 'x'"),
  serialize.copyData(Buffer.from("data")),
  serialize.end(),
]);

const DECODED: readonly FrontendMessage[] = [
  {
    kind: "parse",
    statement: "s",
    text: "select $1, $2 -- ä€😀",
    parameterOids: [23, 4294967295],
  },
  {
    kind: "bind",
    portal: "p",
    statement: "s",
    parameters: [
      { format: 0, bytes: Buffer.from("1") },
      { format: 0, bytes: null },
    ],
    resultFormats: [1],
  },
  { kind: "describe", target: "statement", name: "s" },
  { kind: "describe", target: "portal", name: "p" },
  { kind: "execute", portal: "p", maxRows: 9 },
  { kind: "close", target: "portal", name: "p" },
  { kind: "flush" },
  { kind: "sync" },
  { kind: "query", text: "select 'x'" },
  { kind: "copy" },
  { kind: "terminate" },
];

test("messages decode to what a client's serializer meant", () => {
  assert.deepEqual(decodeAll(CONVERSATION), DECODED);
});

test("in whatever pieces they arrive", () => {
  const random = new SeededRandom(7);
  for (let round = 0; round < 200; round++) {
    const reader = new FrameReader();
    const messages: FrontendMessage[] = [];
    for (let at = 0; at < CONVERSATION.length;) {
      const size = 1 + random.below(round < 10 ? 1 : 40);
      reader.push(CONVERSATION.subarray(at, at + size));
      at += size;
      for (let frame = reader.message(); frame !== null; frame = reader.message()) {
        messages.push(decodeFrontendMessage(frame));
      }
    }
    assert.deepEqual(messages, DECODED);
  }
});

function fails(bytes: readonly number[] | Uint8Array, expected: RegExp): void {
  assert.throws(
    () => decodeAll(Uint8Array.from(bytes)),
    (error: unknown) => {
      assert.ok(error instanceof SqlError);
      assert.match(
        `${error.fields.severity ?? "ERROR"} ${error.sqlstate} ${error.message}`,
        expected,
      );
      return true;
    },
  );
}

test("a broken stream is fatal, a broken body is not", () => {
  fails([0x00], /^FATAL 08P01 invalid frontend message type 0/);
  fails([0x70, 0, 0, 0, 4], /^FATAL 08P01 invalid frontend message type 112/);
  fails([0x51, 0, 0, 0, 3], /^FATAL 08P01 invalid message length/);
  fails([0x51, 0xff, 0xff, 0xff, 0xff], /^FATAL 08P01 invalid message length/);
  fails([0x53, 0, 1, 0, 0], /^FATAL 08P01 invalid message length/);
  fails([0x53, 0, 0, 0, 5, 0], /^ERROR 08P01 invalid message format/);
  fails([0x51, 0, 0, 0, 5, 0x41], /^ERROR 08P01 invalid string in message/);
  fails([0x51, 0, 0, 0, 6, 0xc3, 0], /^ERROR 22021 .*: 0xc3$/);
  fails([0x51, 0, 0, 0, 8, 0xe2, 0x28, 0xa1, 0], /^ERROR 22021 .*: 0xe2 0x28 0xa1$/);
  fails([0x44, 0, 0, 0, 6, 0x58, 0], /^ERROR 08P01 invalid DESCRIBE message subtype 88/);
  fails([0x43, 0, 0, 0, 6, 0x58, 0], /^ERROR 08P01 invalid CLOSE message subtype 88/);
  fails([0x45, 0, 0, 0, 7, 0, 0, 0], /^ERROR 08P01 insufficient data left in message/);
});

/** A Bind of one text parameter with a claimed length. */
function bindClaiming(length: number, bytes: readonly number[]): Uint8Array {
  const body = Buffer.from([0, 0, 0, 0, 0, 1, 0, 0, 0, 0, ...bytes, 0, 0]);
  body.writeInt32BE(length, 6);
  return Buffer.concat([Buffer.from([0x42, 0, 0, 0, body.length + 4]), body]);
}

test("hostile lengths inside a Bind end in errors", () => {
  assert.equal(decodeAll(bindClaiming(1, [0x41])).length, 1);
  fails(bindClaiming(0x7fffffff, [0x41]), /^ERROR 08P01 insufficient data/);
  fails(bindClaiming(-2, [0x41]), /^ERROR 08P01 insufficient data/);
  fails(bindClaiming(0, [0x41]), /^ERROR 08P01 /);
  fails(bindClaiming(1, [0x00]), /^ERROR 22021 .*: 0x00$/);
  fails(
    [0x42, 0, 0, 0, 10, 0, 0, 0xff, 0xff, 0, 0],
    /^ERROR 22023 unsupported format code: 0|08P01/,
  );
  const formats = [0, 0, 0, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
  fails(
    [0x42, 0, 0, 0, formats.length + 4, ...formats],
    /^ERROR 08P01 bind message has 2 parameter formats but 1 parameters/,
  );
  fails([0x42, 0, 0, 0, 12, 0, 0, 0, 1, 0, 2, 0, 0], /^ERROR 22023 unsupported format code: 2/);
});

test("a claimed length allocates nothing", () => {
  const reader = new FrameReader();
  reader.push(Uint8Array.of(0x51, 0x0f, 0xff, 0xff, 0xff));
  assert.equal(reader.message(), null);
  assert.equal(reader.bufferedBytes, 5);
});

test("startup packets", () => {
  const content = (packet: Buffer): Uint8Array => {
    const reader = new FrameReader();
    reader.push(packet);
    return reader.startupPacket() ?? assert.fail("incomplete");
  };
  const decoded = decodeStartupPacket(content(serialize.startup({ user: "ü", a: "b" })));
  assert.ok(decoded.kind === "startup");
  assert.deepEqual([decoded.majorVersion, decoded.minorVersion], [3, 0]);
  assert.equal(decoded.parameters.get("user"), "ü");
  assert.deepEqual(decodeStartupPacket(content(serialize.requestSsl())), { kind: "sslRequest" });
  assert.deepEqual(decodeStartupPacket(content(serialize.cancel(7, 0x01020304))), {
    kind: "cancelRequest",
    processId: 7,
    secretKey: Buffer.from([1, 2, 3, 4]),
  });
});

test("what is written reads back through a client's parser", async () => {
  const writer = new MessageWriter();
  writeAuthenticationOk(writer);
  writeParameterStatus(writer, "client_encoding", "UTF8");
  writeBackendKeyData(writer, 5, Uint8Array.of(0, 0, 1, 0));
  writeParameterDescription(writer, [23, 4294967295]);
  const column = { typeOid: 23, typeSize: 4, typmod: -1, tableOid: 9, columnNumber: 2 };
  writeRowDescription(writer, [{ name: "ä", ...column }], [1]);
  writeTextRow(writer, ["x", null, ""]);
  writeCommandComplete(writer, "SELECT 1");
  const fields = { detail: "d", hint: "h", position: 3, column: "c", constraint: "k" };
  writeReport(writer, { severity: "ERROR", sqlstate: "22012", message: "m\0hidden", fields });
  writeReport(writer, { severity: "WARNING", sqlstate: "01000", message: "w", fields: {} });
  writeReadyForQuery(writer, "T");
  const seen: Record<string, unknown>[] = [];
  await parseBackend(Readable.from([writer.take()]) as never, (message) => {
    seen.push({ ...message, ...(message instanceof Error ? { text: message.message } : {}) });
  });
  assert.deepEqual(
    seen.map(({ name }) => name),
    [
      "authenticationOk",
      "parameterStatus",
      "backendKeyData",
      "parameterDescription",
      "rowDescription",
      "dataRow",
      "commandComplete",
      "error",
      "notice",
      "readyForQuery",
    ],
  );
  assert.deepEqual(seen[5]?.["fields"], ["x", null, ""]);
  assert.equal(seen[7]?.["text"], "m");
  assert.deepEqual(
    ["code", "detail", "hint", "position", "column", "constraint"].map((name) => seen[7]?.[name]),
    ["22012", "d", "h", "3", "c", "k"],
  );
  assert.equal(seen[9]?.["status"], "T");
});

test("a writer hands its bytes over and never touches them again", () => {
  const writer = new MessageWriter();
  writeCommandComplete(writer, "FIRST");
  const first = writer.take();
  const copy = Buffer.from(first);
  for (let i = 0; i < 100; i++) writeCommandComplete(writer, "SECOND AND LONGER");
  assert.deepEqual(Buffer.from(first), copy);
  assert.equal(writer.take().length, 100 * (5 + "SECOND AND LONGER".length + 1));
  assert.equal(writer.size, 0);
});
