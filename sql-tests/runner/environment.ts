import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attachFixtures, loadFixtures, writeFixtures } from "./fixtures.js";
import { MillraceServer, type MillraceOptions } from "./millrace-server.js";
import { PostgresServer } from "./postgres-server.js";
import type { Target } from "./run-file.js";
import { SqlConnection } from "./sql-connection.js";
import { attachTpch, ensureTpch, loadTpch, tpchTestFolder } from "./tpch-data.js";

export const TEST_SCALE = "0.01";

/** A running server that holds the fixtures and TPC-H at scale 0.01. */
export interface Environment extends Target {
  stop(): Promise<void>;
}

export async function startMillrace(
  options: MillraceOptions = {},
): Promise<Environment & { readonly pid: number }> {
  let pid = 0;
  const environment = await prepare("millrace", async () => {
    const server = await MillraceServer.start({ threads: 2, ...options });
    pid = server.child.pid ?? 0;
    return server;
  });
  return { ...environment, pid };
}

export async function startPostgres(): Promise<Environment> {
  return prepare("postgres", () => PostgresServer.start());
}

async function prepare(
  kind: Target["kind"],
  start: () => Promise<{ readonly url: string; stop(): Promise<void> }>,
): Promise<Environment> {
  const dataFolder = await mkdtemp(join(tmpdir(), "millrace-fixtures-"));
  const removeData = (): Promise<void> => rm(dataFolder, { recursive: true, force: true });
  let server: Awaited<ReturnType<typeof start>> | null = null;
  try {
    await writeFixtures(dataFolder);
    const tpch = await ensureTpch(TEST_SCALE, tpchTestFolder(TEST_SCALE), { current: true });
    server = await start();
    const connection = await SqlConnection.open(server.url);
    await (kind === "millrace" ? attachFixtures : loadFixtures)(connection, dataFolder);
    await (kind === "millrace" ? attachTpch : loadTpch)(connection, tpch);
    await connection.close();
  } catch (error) {
    await server?.stop().catch(() => undefined);
    await removeData();
    throw error;
  }
  const { url, stop } = { url: server.url, stop: server.stop.bind(server) };
  return { kind, url, dataFolder, stop: () => stop().finally(removeData) };
}
