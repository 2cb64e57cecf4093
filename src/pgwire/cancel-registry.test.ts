import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "../testing/seeded-random.js";
import { CancelRegistry } from "./cancel-registry.js";

test("only the whole key cancels, and only while its session lives", () => {
  const registry = new CancelRegistry(new SeededRandom(1));
  let canceled = 0;
  const key = registry.add(() => {
    canceled += 1;
  });
  const other = registry.add(() => assert.fail("the wrong session"));
  assert.notEqual(key.processId, other.processId);
  registry.cancel(key.processId, other.secretKey);
  registry.cancel(key.processId, key.secretKey.subarray(0, 3));
  registry.cancel(key.processId, new Uint8Array(0));
  registry.cancel(99, key.secretKey);
  assert.equal(canceled, 0);
  registry.cancel(key.processId, Uint8Array.from(key.secretKey));
  assert.equal(canceled, 1);
  registry.remove(key.processId);
  registry.cancel(key.processId, key.secretKey);
  assert.equal(canceled, 1);
});
