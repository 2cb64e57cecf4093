import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { serialize } from "pg-protocol";
import type { SeededRandom } from "../../../src/testing/seeded-random.js";
import { HostileSocket, SSL_REQUEST } from "./hostile-socket.js";
import { cstring, int32, message } from "./hostile-values.js";
import { mutated, oneOf } from "./mutation.js";
import { HOSTILE_USER, LOGIN_USER, type Stage } from "./stage.js";

const DATABASE = "millrace";
const CANCEL_CODE = 80_877_102;
const GSS_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 48]);

function startupOf(version: number, ...parameters: readonly string[]): Buffer {
  const body = Buffer.concat([int32(version), ...parameters.map(cstring), Buffer.from([0])]);
  return Buffer.concat([int32(body.length + 4), body]);
}

const VERSION_3_0 = 3 << 16;
const WHO = ["user", HOSTILE_USER, "database", DATABASE] as const;

/** What may come first on a connection. */
const PACKETS: readonly Uint8Array[] = [
  startupOf(VERSION_3_0, ...WHO),
  startupOf(VERSION_3_0, ...WHO, "options", "-c search_path=data -c TimeZone=UTC"),
  startupOf(VERSION_3_0, ...WHO, "options", "-c no_such_thing=1"),
  startupOf(VERSION_3_0, ...WHO, "options", "\\ \\"),
  startupOf(VERSION_3_0, ...WHO, "replication", "database"),
  startupOf(VERSION_3_0, ...WHO, "replication", "true"),
  startupOf(VERSION_3_0, ...WHO, "client_encoding", "SQL_ASCII"),
  startupOf(VERSION_3_0 + 2, ...WHO, "_pq_.unknown", "1"),
  startupOf(VERSION_3_0 + 99, ...WHO),
  startupOf(2 << 16, ...WHO),
  startupOf(4 << 16, ...WHO),
  startupOf(VERSION_3_0),
  startupOf(VERSION_3_0, "user", ""),
  startupOf(VERSION_3_0, "user", "nobody", "database", "nowhere"),
  startupOf(VERSION_3_0, "user", "x".repeat(9_000)),
  startupOf(VERSION_3_0, "user", LOGIN_USER),
  startupOf(VERSION_3_0, ...WHO, ...Array.from({ length: 400 }, () => ["DateStyle", "ISO"]).flat()),
  SSL_REQUEST,
  GSS_REQUEST,
  Buffer.concat([SSL_REQUEST, startupOf(VERSION_3_0, ...WHO)]),
  Buffer.concat([int32(16), int32(CANCEL_CODE), int32(1), int32(2)]),
  Buffer.concat([int32(12), int32(CANCEL_CODE), int32(1)]),
  Buffer.concat([int32(400), int32(CANCEL_CODE), randomBytes(392)]),
  Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
  Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]),
  int32(4),
  int32(0x7fffffff),
  int32(-1),
  new Uint8Array(0),
];

/** Packets before a session, whole and broken, in any order, then what a session would send. */
export async function startup(stage: Stage, random: SeededRandom): Promise<void> {
  const socket = await HostileSocket.open(stage.port, stage.patienceMs);
  // Answers to requests of encryption are no messages.
  socket.readNothing();
  const count = 1 + random.below(4);
  for (let i = 0; i < count; i += 1) {
    const packet = oneOf(PACKETS, random);
    const isWhole = packet.length === 0 || random.below(2) === 0;
    const sent = isWhole ? packet : mutated(packet, random);
    const split = random.below(sent.length + 1);
    socket.send(sent.subarray(0, split));
    if (random.below(2) === 0) await sleep(random.below(3));
    socket.send(sent.subarray(split));
  }
  if (random.below(3) === 0) socket.send(serialize.query("select 1"), serialize.end());
  if (random.below(4) === 0) socket.drop();
  else await socket.end();
}

const FIRST = "n,,n=,r=rOprNGfwEbeRWgbNEkqO";

/** What may come where a password is asked for. */
const ANSWERS: readonly Uint8Array[] = [
  message("p", [cstring("SCRAM-SHA-256"), int32(FIRST.length), Buffer.from(FIRST)]),
  message("p", [cstring("SCRAM-SHA-256"), int32(-1)]),
  message("p", [cstring("SCRAM-SHA-256-PLUS"), int32(FIRST.length), Buffer.from(FIRST)]),
  message("p", [cstring("MD5"), int32(0)]),
  message("p", [Buffer.from("c=biws,r=rOprNGfwEbeRWgbNEkqO,p=AAAA")]),
  message("p", [Buffer.from("c=biws,r=,p=")]),
  message("p", [cstring("secret")]),
  message("p", [Buffer.from("y,,n=x,r=é\u0000,m=ext")]),
  serialize.query("select 1"),
  serialize.sync(),
  serialize.end(),
];

/** A login that goes wrong. */
export async function login(stage: Stage, random: SeededRandom): Promise<void> {
  const socket = await HostileSocket.open(stage.port, stage.patienceMs);
  socket.send(startupOf(VERSION_3_0, "user", LOGIN_USER, "database", DATABASE));
  const count = 1 + random.below(3);
  for (let i = 0; i < count; i += 1) {
    const answer = oneOf(ANSWERS, random);
    socket.send(random.below(2) === 0 ? answer : mutated(answer, random));
    if (random.below(2) === 0) await sleep(random.below(5));
  }
  if (random.below(3) === 0) socket.drop();
  else await socket.end();
}

/** A cancel request, on a connection of its own as the protocol has it. */
export async function cancelRequest({ port, patienceMs }: Stage, key: Uint8Array): Promise<void> {
  const socket = await HostileSocket.open(port, patienceMs);
  socket.readNothing();
  socket.send(int32(8 + key.length), int32(CANCEL_CODE), key);
  await socket.end();
}
