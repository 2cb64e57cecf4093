import { spawn, type ChildProcess } from "node:child_process";
import { chmod, chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { collectOutput, runCommand, stopChild } from "./child-process.js";
import { isInstalled, POSTGRES_15, type PostgresRelease } from "./postgres-release.js";
import { SqlConnection } from "./sql-connection.js";

const START_TIMEOUT_MS = 30_000;
const POLL_MS = 50;
/** Nothing here outlives the test, so nothing need reach the disk. */
const SETTINGS = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  listen_addresses: "127.0.0.1",
  timezone: "UTC",
  max_wal_size: "4GB",
  jit: "off",
};

export interface PostgresOptions {
  /** PostgreSQL 15 unless told otherwise. */
  readonly release?: PostgresRelease;
  /** The bootstrap superuser's name. */
  readonly superuser?: string;
  /** PEM texts; with them it takes TLS. */
  readonly tls?: {
    readonly certificate: string;
    readonly key: string;
    /** Who signs clients' certificates. */
    readonly clientAuthorities?: string;
  };
  /** The text of pg_hba.conf; everybody is trusted without. */
  readonly hostRules?: string;
  /** What else postgresql.conf would say. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A private PostgreSQL with the collation Millrace has: the oracle. */
export class PostgresServer {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(
    readonly port: number,
    superuser: string,
    child: ChildProcess,
    /** Also where its socket is. */
    readonly folder: string,
  ) {
    this.url = `postgres://${superuser}@127.0.0.1:${String(port)}/postgres`;
    this.#child = child;
  }

  static async start(options: PostgresOptions = {}): Promise<PostgresServer> {
    const { release = POSTGRES_15, superuser = "postgres" } = options;
    const { major, binaries, locale } = release;
    if (!isInstalled(release)) {
      throw new Error(`PostgreSQL ${String(major)} is not installed in ${binaries}`);
    }
    const folder = await mkdtemp(join(tmpdir(), "millrace-postgres-"));
    const user = await unprivilegedUser();
    if (user !== null) await chown(folder, user.uid, user.gid);
    await chmod(folder, 0o700);
    const data = join(folder, "data");
    const environment = { cwd: folder, env: { ...process.env, LC_ALL: "C.UTF-8", TZ: "UTC" } };
    await runCommand(
      join(binaries, "initdb"),
      ["-D", data, "-U", superuser, "-A", "trust", "-N", "-E", "UTF8", ...locale],
      { ...user, ...environment },
    );
    const port = await freePort();
    const own = await writeOptions(options, folder, user);
    const given = { ...SETTINGS, ...options.settings, ...own };
    const settings = { ...given, unix_socket_directories: folder, port: String(port) };
    const child = spawn(
      join(binaries, "postgres"),
      [
        "-D",
        data,
        ...Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]),
      ],
      { ...user, ...environment, stdio: ["ignore", "pipe", "pipe"] },
    );
    const output = collectOutput(child);
    const server = new PostgresServer(port, superuser, child, folder);
    await server.#waitUntilReady(output);
    return server;
  }

  async stop(): Promise<void> {
    await stopChild(this.#child, "SIGQUIT");
    await rm(this.folder, { recursive: true, force: true });
  }

  async #waitUntilReady(output: () => string): Promise<void> {
    const deadline = performance.now() + START_TIMEOUT_MS;
    for (;;) {
      try {
        await (await SqlConnection.open(this.url)).close();
        return;
      } catch (error) {
        if (this.#child.exitCode !== null || performance.now() > deadline) {
          await this.stop();
          throw new Error(`PostgreSQL did not get ready\n${output()}`, { cause: error });
        }
        await sleep(POLL_MS);
      }
    }
  }
}

/** Writes the files that options ask for; answers the settings that name them. */
async function writeOptions(
  { tls, hostRules }: PostgresOptions,
  folder: string,
  user: User | null,
): Promise<Readonly<Record<string, string>>> {
  const write = async (name: string, text: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, text, { mode: 0o600 });
    if (user !== null) await chown(path, user.uid, user.gid);
    return path;
  };
  return {
    ...(hostRules === undefined ? {} : { hba_file: await write("hba.conf", hostRules) }),
    ...(tls === undefined
      ? {}
      : {
          ssl: "on",
          ssl_cert_file: await write("server.crt", tls.certificate),
          ssl_key_file: await write("server.key", tls.key),
          ...(tls.clientAuthorities === undefined
            ? {}
            : { ssl_ca_file: await write("ca.crt", tls.clientAuthorities) }),
        }),
  };
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root: then it runs as Debian's user for it. */
async function unprivilegedUser(): Promise<User | null> {
  if (process.getuid?.() !== 0) return null;
  const [uid, gid] = await Promise.all(
    ["-u", "-g"].map(async (flag) => Number(await runCommand("id", [flag, "postgres"]))),
  );
  return { uid: uid ?? 0, gid: gid ?? 0 };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port to be had");
  return address.port;
}
