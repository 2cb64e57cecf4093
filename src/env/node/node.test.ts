import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import type { Socket, SocketHandler } from "../index.js";
import { NodeClock, NodeNetwork, NodeRandom, NodeTimeZones } from "./index.js";

test("the clock keeps wall time in microseconds and never runs back by itself", async () => {
  const clock = new NodeClock();
  let last = clock.nowMicros();
  for (let i = 0; i < 1_000; i++) {
    const now = clock.nowMicros();
    assert.ok(now >= last);
    last = now;
  }
  const drift = Number(clock.nowMicros() - BigInt(Date.now()) * 1000n);
  assert.ok(Math.abs(drift) < 20_000, `${String(drift)} µs off the wall clock`);
  let fired = 0;
  const kept = new Promise<void>((resolve) => {
    clock.after(5, () => {
      fired += 1;
      resolve();
    });
  });
  clock.after(1, () => assert.fail("cancelled timers do not fire")).cancel();
  const alive = setTimeout(() => undefined, 1_000);
  await kept;
  clearTimeout(alive);
  assert.equal(fired, 1);
});

test("random bytes differ", () => {
  const random = new NodeRandom();
  assert.equal(random.bytes(16).length, 16);
  assert.notDeepEqual(random.bytes(16), random.bytes(16));
});

test("time zones are found whatever their case, and only zones", () => {
  const zones = new NodeTimeZones();
  assert.equal(zones.canonicalName("EUROPE/berlin"), "Europe/Berlin");
  assert.equal(zones.canonicalName("utc"), "UTC");
  for (const wrong of ["Europe", "nowhere", "", "zone.tab", "../etc/passwd", "tzdata.zi"]) {
    assert.equal(zones.canonicalName(wrong), null, wrong);
  }
});

test("a socket tells what happens to it, and gives memory back in any case", async () => {
  const network = new NodeNetwork();
  const events: string[] = [];
  let accepted: Socket | null = null;
  let closed = (): void => undefined;
  const done = new Promise<void>((resolve) => {
    closed = resolve;
  });
  const handler: SocketHandler = {
    data: (bytes) => events.push(`data ${Buffer.from(bytes).toString()}`),
    ended: () => events.push("ended"),
    closed: () => {
      events.push("closed");
      closed();
    },
  };
  const listener = await network.listen({ host: "127.0.0.1", port: 0 }, (socket) => {
    accepted = socket;
    return handler;
  });
  await assert.rejects(
    network.listen(listener.address, () => handler),
    { code: "EADDRINUSE" },
  );
  const peer = connect(listener.address.port, "127.0.0.1");
  const echoed = new Promise<string>((resolve) => {
    peer.once("data", (bytes: Buffer) => resolve(bytes.toString()));
  });
  peer.end("hello");
  while (events.length < 2) await new Promise((resolve) => setTimeout(resolve, 2));
  const socket = accepted as Socket | null;
  assert.ok(socket !== null);
  let flushed = 0;
  socket.write(Buffer.from("back"), () => {
    flushed += 1;
  });
  assert.equal(await echoed, "back", "a peer that sends no more still reads");
  socket.end();
  await done;
  socket.write(Buffer.from("lost"), () => {
    flushed += 1;
  });
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(flushed, 2);
  assert.deepEqual(events, ["data hello", "ended", "closed"]);
  listener.close();
});
