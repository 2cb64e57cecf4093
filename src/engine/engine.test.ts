import assert from "node:assert/strict";
import { test } from "node:test";
import { SqlError } from "../errors/index.js";
import { Engine } from "./engine.js";
import type { NativeAnswer, NativeEngine, NativeModule, NativePage } from "./native.js";
import { checkOperations, requiredOperations } from "./operations.js";

const REFUSAL = Object.assign(new Error("division by zero"), {
  sqlstate: "22012",
  detail: "",
  hint: "Do not.",
});

/** An addon with a ring of two pages and one query. */
class FakeNative implements NativeEngine {
  readonly pages: (NativePage | null)[] = [];
  readonly released: number[] = [];
  buffersAsked = 0;
  closed = 0;
  fails: unknown = null;
  whole: NativeAnswer | null = null;

  openQuery(): number {
    if (this.fails !== null) throw this.fails;
    return 7;
  }
  answer(): NativeAnswer | null {
    if (this.fails !== null) throw this.fails;
    return this.whole;
  }
  runFragment(): Promise<void> {
    return this.fails === null ? Promise.resolve() : Promise.reject(this.fails);
  }
  nextPage(): Promise<NativePage | null> {
    return Promise.resolve(this.pages.shift() ?? null);
  }
  pageBuffer(page: number): Uint8Array {
    this.buffersAsked += 1;
    return new Uint8Array(8).fill(page);
  }
  releasePage(_query: number, page: number): void {
    this.released.push(page);
  }
  cancelQuery(): void {
    // Nothing runs.
  }
  closeQuery(): Promise<void> {
    this.closed += 1;
    return Promise.resolve();
  }
  queryProfile(): string {
    return '{"operators":[{"id":3,"rows":"12","timeNs":5,"bytesRead":1}],"peakBytes":64}';
  }
  evaluate(): string | null {
    return null;
  }
  decodeParameter(): string {
    return "1";
  }
  inspectFile(): Promise<string> {
    const column = { name: "a", sqlType: "bigint", nullable: true, nullCount: "9007199254740993" };
    return Promise.resolve(JSON.stringify({ rowCount: "9007199254740993", columns: [column] }));
  }
  analyzeFiles(): Promise<string> {
    return Promise.resolve('[{"name":"a","distinctCount":3.5,"nullFraction":0.5,"unique":true}]');
  }
  openTable(): number {
    return 1;
  }
  finishTable(): number {
    return 0;
  }
  mergeTables(): Promise<string> {
    return Promise.resolve("2");
  }
  dropTable(): void {
    // Nothing is held.
  }
  openCopy(): number {
    return 1;
  }
  feedCopy(): Promise<number> {
    return Promise.resolve(0);
  }
  finishCopy(): Promise<number> {
    return Promise.resolve(0);
  }
  closeCopy(): void {
    // Nothing is held.
  }
  memory() {
    return { limitBytes: 1, heldBytes: 0, cachedBytes: 0 };
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

function started(description = requiredOperations().join("\n")): {
  readonly engine: Engine;
  readonly native: FakeNative;
} {
  const native = new FakeNative();
  const module: NativeModule = {
    Engine: class {
      constructor() {
        return native;
      }
    } as unknown as NativeModule["Engine"],
    describe: () => description,
  };
  return { engine: Engine.start({ threads: 1, hostMemoryBytes: 1 }, module), native };
}

test("start-up fails where the engine lacks an operation, and names it", () => {
  const without = requiredOperations().filter((one) => one !== "add(i32,i32)");
  assert.equal(without.length, requiredOperations().length - 1);
  assert.throws(() => started(without.join("\n")), {
    name: "EngineLoadError",
    message: "the engine and the server are of different versions: the engine lacks add(i32,i32)",
  });
  checkOperations(
    requiredOperations()
      .map((one) => `${one}->bool`)
      .join("\n"),
  );
});

test("operations are found for every form of a number, and for aggregates", () => {
  const required = new Set(requiredOperations());
  for (const one of [
    "add(d64,d64)",
    "add(d128,d128)",
    "add(numeric,numeric)",
    "lt(date,date)",
    "cast_text(timestamptz)",
    "aggregate sum(d64)",
    "aggregate count_star()",
  ]) {
    assert.ok(required.has(one), one);
  }
});

test("what the addon throws becomes a SqlError with all its fields", async () => {
  const { engine, native } = started();
  native.fails = REFUSAL;
  assert.throws(
    () => engine.openQuery(new Uint8Array()),
    (error) => error instanceof SqlError && error.sqlstate === "22012",
  );
  await assert.rejects(engine.runFragment(7, 0, 0), (error) => {
    assert.ok(error instanceof SqlError);
    assert.deepEqual(error.fields, { hint: "Do not." });
    return true;
  });
  native.fails = Object.assign(new Error("odd"), { sqlstate: "ZZ999" });
  assert.throws(
    () => engine.openQuery(new Uint8Array()),
    (error) =>
      error instanceof SqlError && error.sqlstate === "XX000" && /ZZ999/.test(error.message),
  );
  native.fails = new TypeError("openQuery(message)");
  assert.throws(
    () => engine.openQuery(new Uint8Array()),
    (error) => error instanceof SqlError && error.sqlstate === "XX000",
  );
});

test("pages are parts of the ring's buffers, which are asked for once", async () => {
  const { engine, native } = started();
  const query = engine.openQuery(new Uint8Array());
  native.pages.push(
    { page: 1, sizeBytes: 3, rowCount: 2 },
    { page: 1, sizeBytes: 8, rowCount: 5 },
    { bytes: new Uint8Array(9), rowCount: 1 },
  );
  const sizes = [];
  for (
    let page = await engine.nextPage(query);
    page !== null;
    page = await engine.nextPage(query)
  ) {
    sizes.push([page.bytes.length, page.rowCount]);
    page.release();
  }
  assert.deepEqual(sizes, [
    [3, 2],
    [8, 5],
    [9, 1],
  ]);
  assert.equal(native.buffersAsked, 1);
  assert.deepEqual(native.released, [1, 1]);
  assert.equal(engine.openQueryCount, 1);
  await engine.closeQuery(query);
  assert.equal(engine.openQueryCount, 0);
});

test("counts beyond 2^53 keep their digits; profiles and samples are read", async () => {
  const { engine } = started();
  const { rowCount, columns } = await engine.inspectFile("parquet", "f");
  assert.equal(rowCount, 9007199254740993n);
  assert.equal(columns[0]?.nullCount, 9007199254740993n);
  assert.equal(columns[0].distinctCount, null);
  const [sample] = await engine.analyzeFiles("parquet", ["f"], ["a"]);
  assert.deepEqual([sample?.distinctCount, sample?.unique, sample?.minimum], [3.5, true, null]);
  const profile = engine.queryProfile(7);
  assert.equal(profile.operators.get(3)?.rows, 12);
  assert.equal(profile.operators.get(3)?.rowGroups, 0);
  assert.equal(profile.peakBytes, 64);
});
