import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { StoredCatalog } from "../catalog/index.js";
import { Engine } from "../engine/index.js";
import { thisMachine } from "./machine.js";
import { makeSample } from "./sample.js";

let folder = "";
let engine: Engine;
let catalog: StoredCatalog;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-sample-"));
  engine = Engine.start({ threads: 2, hostMemoryBytes: 2 ** 30 });
  const inspector = engine;
  catalog = await StoredCatalog.open({ dataDirectory: folder, inspector, ...thisMachine() });
});

afterEach(async () => {
  await catalog.close();
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

function make(sample = true): ReturnType<typeof makeSample> {
  const options = {
    listen: { host: "127.0.0.1", port: 0 },
    dataDirectory: folder,
    threads: 2,
    hostMemoryBytes: null,
    serverVersion: "14.20",
    sample,
  };
  return makeSample(options, catalog, thisMachine().log);
}

function tables(): number {
  return catalog.definitions.current.relationsIn("tpch").length;
}

test("the first start makes the sample and says so; later ones leave it alone", async () => {
  assert.equal(await (await make()).done, "TPC-H at scale 0.1 is there as schema tpch");
  assert.equal(tables(), 8);
  assert.equal(await (await make()).done, null);
  const ignore = (): void => undefined;
  const entries = catalog.definitions.current.relationsIn("tpch");
  await catalog.definitions.change((edit) => edit.drop([], entries, true, () => "", ignore));
  assert.equal(await (await make()).done, null);
  assert.equal(tables(), 0);
});

test("declined once, it is not made later", async () => {
  assert.equal(await (await make(false)).done, null);
  assert.equal(await (await make()).done, null);
  assert.equal(catalog.hasSchema("tpch"), false);
});

test("a schema of that name is left alone", async () => {
  await catalog.definitions.change((edit) => edit.createSchema("tpch", false, () => undefined));
  assert.equal(await (await make()).done, null);
  assert.equal(tables(), 0);
});

test("given up halfway, it is made by the next start", async () => {
  const work = await make();
  await work.stop();
  assert.equal(await work.done, null);
  assert.equal(existsSync(join(folder, "tpch-sample")), false);
  await catalog.definitions.change((edit) => edit.createSchema("tpch", true, () => undefined));
  assert.equal(await (await make()).done, "TPC-H at scale 0.1 is there as schema tpch");
  assert.equal(tables(), 8);
});
