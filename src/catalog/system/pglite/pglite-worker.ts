import { parentPort, workerData } from "node:worker_threads";
import { readFile, rename, writeFile } from "node:fs/promises";
import { PGlite } from "@electric-sql/pglite";
import { invariant } from "../../../errors/index.js";
import { makeImage } from "./make-image.js";
import type { FromWorker, PostgresModule, ToWorker, WorkerStart } from "./messages.js";

/** The thread that PGlite runs in; started by pglite-place.ts, which may end it at any moment. */
const port = parentPort;
invariant(port !== null, "a worker thread");
const { imagePath, compiled: compiledEarlier } = workerData as WorkerStart;

/** Of Node, but of no type library that is read here. */
declare const WebAssembly: { compile(code: Uint8Array): Promise<PostgresModule> };

/** Small buffers: the whole catalog is a few megabytes, and lives in memory anyway. */
const OWN_PARAMETERS = ["-c", "shared_buffers=4MB", "-c", 'search_path="$user", public'];

const compiled = compiledEarlier ?? (await compile());

const database = await PGlite.create({
  pgliteWasmModule: compiled,
  loadDataDir: new Blob([await readFile(imagePath).catch(makeAndKeepImage)]),
  relaxedDurability: true,
  startParams: [...PGlite.defaultStartParams, ...OWN_PARAMETERS],
});

function compile(): Promise<PostgresModule> {
  const file = new URL("pglite.wasm", import.meta.resolve("@electric-sql/pglite"));
  return readFile(file).then((code) => WebAssembly.compile(code));
}

/** Where set-up has not made the image it is made here, which takes seconds, and kept if it can be. */
async function makeAndKeepImage(): Promise<Uint8Array> {
  const made = await makeImage();
  const draft = `${imagePath}.${String(process.pid)}.draft`;
  await writeFile(draft, made)
    .then(() => rename(draft, imagePath))
    .catch(() => undefined);
  return made;
}

port.on("message", ({ id, batch }: ToWorker) => {
  const reply = database.execProtocolRawSync(batch);
  const heldBytes = process.memoryUsage().arrayBuffers;
  const message: FromWorker = { kind: "reply", id, reply, heldBytes };
  port.postMessage(message, [reply.buffer as ArrayBuffer]);
});
port.postMessage({ kind: "ready", compiled } satisfies FromWorker);
