import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeCertificate } from "../../runner/certificate.js";
import { TEST_SCALE } from "../../runner/environment.js";
import { attachFixtures, writeFixtures } from "../../runner/fixtures.js";
import { MillraceServer } from "../../runner/millrace-server.js";
import { SqlConnection } from "../../runner/sql-connection.js";
import { attachTpch, ensureTpch, tpchTestFolder } from "../../runner/tpch-data.js";

/** Whom hostile clients come as; may read all there is, and is no superuser. */
export const HOSTILE_USER = "hostile";
/** Who has a password, which hostile clients do not know. */
export const LOGIN_USER = "keeper";
/** Whom steady clients come as. */
export const STEADY_USERS = ["steady_a", "steady_b", "steady_c"] as const;

const RULES = [
  ...["millrace", HOSTILE_USER, ...STEADY_USERS].map(
    (user) => `host all ${user} 127.0.0.1/32 trust`,
  ),
  `host all ${LOGIN_USER} all scram-sha-256`,
  "",
].join("\n");

/** Little, so that what is not given back is soon missed. */
const HOST_MEMORY_MB = 256;

export interface StageOptions {
  /** Environment of the server beside this process's own. */
  readonly environment?: Readonly<Record<string, string>>;
  /** How long the server may take for an answer. */
  readonly patienceMs: number;
}

/** A server with tables, roles, rules and TLS, for clients of all sorts. */
export interface Stage {
  readonly port: number;
  readonly pid: number;
  readonly patienceMs: number;
  /** As the superuser that is always there. */
  readonly url: string;
  /** What the server has printed so far. */
  output(): string;
  /** Stops the server; rejects where it did not end well. */
  close(): Promise<void>;
}

export async function openStage({ environment = {}, patienceMs }: StageOptions): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-fuzz-"));
  let server: MillraceServer | null = null;
  try {
    const data = join(folder, "data");
    await writeFixtures(data);
    const tpch = await ensureTpch(TEST_SCALE, tpchTestFolder(TEST_SCALE), { current: true });
    server = await startServer(folder, environment);
    await prepare(server.url, data, tpch);
  } catch (error) {
    await server?.stop().catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  const { url, child, output } = server;
  const stop = server.stop.bind(server);
  return {
    port: Number(new URL(url).port),
    pid: child.pid ?? 0,
    patienceMs,
    url,
    output,
    close: () => stop().finally(() => rm(folder, { recursive: true, force: true })),
  };
}

async function startServer(
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<MillraceServer> {
  const rules = join(folder, "hba.conf");
  await writeFile(rules, RULES);
  const { certificate, key } = await makeCertificate(folder);
  return MillraceServer.start({
    threads: 2,
    environment,
    arguments: [
      ...["--hba-file", rules, "--tls-cert", certificate, "--tls-key", key],
      ...["--host-memory", `${String(HOST_MEMORY_MB)}MB`],
    ],
  });
}

async function prepare(url: string, data: string, tpch: string): Promise<void> {
  const connection = await SqlConnection.open(url);
  await attachFixtures(connection, data);
  await attachTpch(connection, tpch);
  for (const role of [HOSTILE_USER, ...STEADY_USERS]) {
    await connection.mustRun(`CREATE ROLE ${role} LOGIN`);
    for (const schema of ["data", "tpch"]) {
      await connection.mustRun(`GRANT USAGE ON SCHEMA ${schema} TO ${role}`);
      await connection.mustRun(`GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO ${role}`);
    }
  }
  await connection.mustRun(`CREATE ROLE ${LOGIN_USER} LOGIN PASSWORD 'nobody knows it'`);
  await connection.close();
}
