import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../testing/manual-clock.js";
import { LoginThrottle } from "./login-throttle.js";

test("each failure doubles the wait, up to a limit; success and time end it", () => {
  const clock = new ManualClock();
  const throttle = new LoginThrottle(clock);
  const delays: number[] = [];
  for (let i = 0; i < 9; i++) {
    delays.push(throttle.delayMs("h", "u"));
    throttle.failed("h", "u");
  }
  assert.deepEqual(delays, [0, 100, 200, 400, 800, 1600, 3200, 5000, 5000]);
  assert.equal(throttle.delayMs("h", "other"), 0);
  assert.equal(throttle.delayMs("elsewhere", "u"), 0);
  throttle.succeeded("h", "u");
  assert.equal(throttle.delayMs("h", "u"), 0);
  throttle.failed("h", "u");
  throttle.failed("h", "u");
  clock.advance(11 * 60_000);
  assert.equal(throttle.delayMs("h", "u"), 0);
  throttle.failed("h", "u");
  assert.equal(throttle.delayMs("h", "u"), 100);
});

test("a guesser of many names fills no memory", () => {
  const throttle = new LoginThrottle(new ManualClock());
  for (let i = 0; i < 10_000; i++) throttle.failed("h", `u${String(i)}`);
  assert.equal(throttle.rememberedCount, 4096);
  assert.equal(throttle.delayMs("h", "u9999"), 100);
  assert.equal(throttle.delayMs("h", "u0"), 0);
});
