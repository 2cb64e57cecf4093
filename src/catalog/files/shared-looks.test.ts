import assert from "node:assert/strict";
import { test } from "node:test";
import { SharedLooks } from "./shared-looks.js";

interface Begun {
  readonly key: string;
  resolve(value: number): void;
  reject(error: Error): void;
}

function looks(): { readonly begun: Begun[]; readonly shared: SharedLooks<number> } {
  const begun: Begun[] = [];
  const shared = new SharedLooks<number>(
    (key) => new Promise((resolve, reject) => begun.push({ key, resolve, reject })),
  );
  return { begun, shared };
}

test("who asks amid a look gets the next one, which all of them share", async () => {
  const { begun, shared } = looks();
  const first = shared.ask("a");
  const later = [shared.ask("a"), shared.ask("a")];
  assert.equal(begun.length, 1);
  begun[0]?.resolve(1);
  assert.equal(await first, 1);
  assert.equal(begun.length, 2);
  const last = shared.ask("a");
  begun[1]?.resolve(2);
  assert.deepEqual(await Promise.all(later), [2, 2]);
  begun[2]?.resolve(3);
  assert.equal(await last, 3);
  const alone = shared.ask("a");
  assert.equal(begun.length, 4);
  begun[3]?.resolve(4);
  assert.equal(await alone, 4);
});

test("other keys do not wait, and a look that fails fails for its own alone", async () => {
  const { begun, shared } = looks();
  const first = shared.ask("a");
  const other = shared.ask("b");
  const later = shared.ask("a");
  assert.deepEqual(
    begun.map(({ key }) => key),
    ["a", "b"],
  );
  begun[0]?.reject(new Error("gone"));
  await assert.rejects(first, /gone/);
  begun[1]?.resolve(5);
  assert.equal(await other, 5);
  begun[2]?.resolve(6);
  assert.equal(await later, 6);
});
