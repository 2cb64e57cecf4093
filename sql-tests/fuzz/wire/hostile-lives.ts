import { setTimeout as sleep } from "node:timers/promises";
import { serialize } from "pg-protocol";
import type { SeededRandom } from "../../../src/testing/seeded-random.js";
import { COPIES, ENDLESS, ENDLESS_IN_CATALOG, MESSAGES, QUERIES } from "./corpus.js";
import { HostileSocket } from "./hostile-socket.js";
import { cstring, int16, int32, message, parameterBarrage } from "./hostile-values.js";
import { mutated, oneOf } from "./mutation.js";
import { cancelRequest, login, startup } from "./startup-lives.js";
import { BadReply } from "./reply-reader.js";
import { HOSTILE_USER, type Stage } from "./stage.js";

/** One connection from its beginning to its end. Rejects where the server did wrong. */
export type Life = (stage: Stage, random: SeededRandom) => Promise<void>;

const { query, sync } = serialize;
const TERMINATE = serialize.end();
const STARTUP = serialize.startup({ user: HOSTILE_USER, database: "millrace" });
const MOST_MESSAGES = 30;
const CATALOG_ONE_OF = 40;

/** A session that has begun as it should. */
async function started(
  { port, patienceMs }: Stage,
  open: typeof HostileSocket.open = HostileSocket.open,
): Promise<HostileSocket> {
  const socket = await open(port, patienceMs);
  socket.send(STARTUP);
  await socket.untilReady(1);
  if (socket.replies.readyCount === 0) throw new BadReply("a session did not begin");
  return socket;
}

/** Goes, in one of the ways in which clients go. */
async function leave(socket: HostileSocket, random: SeededRandom): Promise<void> {
  switch (random.below(5)) {
    case 0:
      socket.drop();
      return;
    case 1:
      socket.reset();
      return;
    case 2:
      return socket.end();
    default:
      socket.send(sync(), TERMINATE);
      return socket.end();
  }
}

/** Sends messages in pieces; of so many, one is broken. */
async function sendSome(
  socket: HostileSocket,
  random: SeededRandom,
  oneBrokenOf: number,
): Promise<void> {
  const count = 1 + random.below(MOST_MESSAGES);
  for (let i = 0; i < count; i += 1) {
    const whole = oneOf(MESSAGES, random);
    const sent = random.below(oneBrokenOf) === 0 ? mutated(whole, random) : whole;
    const split = random.below(sent.length + 1);
    socket.send(sent.subarray(0, split));
    if (random.below(4) === 0) await sleep(random.below(3));
    socket.send(sent.subarray(split));
  }
}

/** Some messages broken. */
async function broken(stage: Stage, random: SeededRandom): Promise<void> {
  const socket = await started(stage);
  await sendSome(socket, random, 8);
  await leave(socket, random);
}

/** Whole messages in an order that no client has. */
async function disordered(stage: Stage, random: SeededRandom): Promise<void> {
  const socket = await started(stage);
  await sendSome(socket, random, Number.MAX_SAFE_INTEGER);
  await leave(socket, random);
}

async function encrypted(stage: Stage, random: SeededRandom): Promise<void> {
  const socket = await started(stage, HostileSocket.openEncrypted);
  await sendSome(socket, random, 8);
  await leave(socket, random);
}

/** Parameters of every type with hostile bytes: each statement answers, and the session lives on. */
async function parameters(stage: Stage, random: SeededRandom): Promise<void> {
  const socket = await started(stage);
  const count = 1 + random.below(20);
  for (let i = 1; i <= count; i += 1) {
    socket.send(...parameterBarrage(random));
    await socket.untilReady(1 + i);
    if (socket.replies.readyCount !== 1 + i) {
      throw new BadReply(`the session ended: ${JSON.stringify(socket.replies.errors.at(-1))}`);
    }
  }
  await leave(socket, random);
}

/** Asks for more than it reads. */
async function slowReader(stage: Stage, random: SeededRandom): Promise<void> {
  const socket = await started(stage);
  const count = 1 + random.below(8);
  const text = oneOf([...QUERIES, ...COPIES, ENDLESS[1]], random);
  socket.send(...Array.from({ length: count }, () => query(text)));
  socket.pause();
  await sleep(random.below(150));
  if (random.below(2) === 0 || text === ENDLESS[1]) {
    socket.drop();
    return;
  }
  socket.resume();
  await socket.end();
}

/** Work without end, ended by a cancel request, a timeout or the client's leaving. */
async function endless(stage: Stage, random: SeededRandom): Promise<void> {
  const socket = await started(stage);
  const isRare = random.below(CATALOG_ONE_OF) === 0;
  const text = isRare ? ENDLESS_IN_CATALOG : oneOf(ENDLESS, random);
  const way = random.below(4);
  if (way === 0) socket.send(query("set statement_timeout = 50"));
  socket.send(query(text));
  await sleep(random.below(60));
  if (way === 1) {
    await cancelRequest(stage, random.bytes(8));
    socket.reset();
  } else if (way === 2) {
    socket.drop();
  } else {
    if (way === 3) await cancelUntilHeard(stage, socket);
    await socket.untilReady(way === 0 ? 3 : 2);
    const ended = socket.replies.errors.at(-1)?.sqlstate ?? "nothing";
    // The system catalog may be too busy, or be made anew, for others' statements.
    if (!/^(57014|57P|53|08|0A)/.test(ended)) throw new BadReply(`ended by ${ended}`);
    await leave(socket, random);
  }
}

/** A request that comes before the statement runs ends nothing, as in PostgreSQL. */
async function cancelUntilHeard(stage: Stage, socket: HostileSocket): Promise<void> {
  const { replies } = socket;
  if (replies.cancelKey === null) throw new BadReply("no key");
  const until = performance.now() + stage.patienceMs;
  while (replies.readyCount < 2 && performance.now() < until) {
    await cancelRequest(stage, replies.cancelKey);
    await sleep(20);
  }
}

/** COPY that is left in its middle, and COPY data where none is wanted. */
async function copying(stage: Stage, random: SeededRandom): Promise<void> {
  const socket = await started(stage);
  const data = random.bytes(1 + random.below(2000));
  const count = 1 + random.below(6);
  for (let i = 0; i < count; i += 1) {
    socket.send(query(oneOf(COPIES, random)));
    if (random.below(2) === 0) socket.send(serialize.copyData(Buffer.from(data)));
    if (random.below(2) === 0) socket.send(serialize.copyData(Buffer.from("1\t2\n")));
    if (random.below(3) > 0) socket.send(serialize.copyDone());
    if (random.below(4) === 0) socket.send(serialize.copyFail("changed my mind"));
    if (random.below(3) === 0) await sleep(random.below(10));
  }
  await leave(socket, random);
}

/** Lengths and counts at the limits, and text that is deep or long. */
async function oversized(stage: Stage, random: SeededRandom): Promise<void> {
  const socket = await started(stage);
  socket.send(oneOf(OVERSIZED, random)());
  if (random.below(2) === 0) socket.send(sync());
  await leave(socket, random);
}

const MANY = 65_535;
const repeated = (text: string, count: number): Uint8Array =>
  query(`select ${text.repeat(count)}1`);

const OVERSIZED: readonly (() => Uint8Array)[] = [
  (): Uint8Array => Buffer.concat([Buffer.from("Q"), int32(0x3ffffffe), Buffer.alloc(3_000_000)]),
  (): Uint8Array => Buffer.concat([Buffer.from("d"), int32(0x3ffffffe), Buffer.alloc(3_000_000)]),
  (): Uint8Array => Buffer.concat([Buffer.from("S"), int32(20_000), Buffer.alloc(20_000)]),
  (): Uint8Array => message("E", [cstring("p".repeat(9_000)), int32(0)]),
  (): Uint8Array => message("D", [cstring(`S${"n".repeat(12_000)}`)]),
  (): Uint8Array =>
    message("P", [
      ...[cstring(""), cstring("select 1"), int16(MANY)],
      ...Array.from({ length: MANY }, () => int32(23)),
    ]),
  (): Uint8Array =>
    message("B", [
      ...[cstring(""), cstring(""), int16(0), int16(MANY)],
      ...Array.from({ length: MANY }, () => int32(-1)),
      int16(0),
    ]),
  (): Uint8Array => query(`select '${"x".repeat(1_000_000)}'`),
  (): Uint8Array => query(`select ${"(".repeat(20_000)}1${")".repeat(20_000)}`),
  (): Uint8Array => repeated("1+", 20_000),
  (): Uint8Array => repeated("- ", 20_000),
  (): Uint8Array => repeated("not ", 20_000),
  (): Uint8Array => repeated("case when true then 1 else ", 5_000),
  (): Uint8Array => query(`select ${"1,".repeat(2_000)}1`),
  (): Uint8Array => query("select 1;".repeat(2_000)),
  (): Uint8Array => query(`${"select * from (".repeat(1_000)}select 1${") q".repeat(1_000)}`),
  (): Uint8Array => query(`${"select 1 union all ".repeat(3_000)}select 1`),
  (): Uint8Array => query(`select 1 where 1 in (${"1,".repeat(20_000)}1)`),
];

/** The ways in which hostile clients live, each as often as it stands here. */
export const LIVES: readonly (readonly [name: string, life: Life])[] = [
  ["broken", broken],
  ["broken", broken],
  ["broken", broken],
  ["disordered", disordered],
  ["disordered", disordered],
  ["disordered", disordered],
  ["parameters", parameters],
  ["parameters", parameters],
  ["encrypted", encrypted],
  ["startup", startup],
  ["startup", startup],
  ["login", login],
  ["slow reader", slowReader],
  ["endless", endless],
  ["copying", copying],
  ["oversized", oversized],
];
