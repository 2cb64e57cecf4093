import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";

const BINARIES = "/usr/lib/postgresql/15/bin";

/** A private PostgreSQL 15 to keep things in, which may be stopped and started again. */
export class PrivatePostgres {
  private constructor(
    private readonly folder: string,
    private readonly port: number,
  ) {}

  static async start(): Promise<PrivatePostgres> {
    const folder = mkdtempSync(join(tmpdir(), "millrace-store-"));
    chmodSync(folder, 0o700);
    const server = new PrivatePostgres(folder, await freePort());
    const { user } = server;
    if (user !== null) chownSync(folder, user.uid, user.gid);
    const locale = ["-U", "postgres", "-A", "trust", "-N", "-E", "UTF8", "--locale=C.UTF-8"];
    server.run("initdb", ["-D", server.data, ...locale]);
    server.begin();
    return server;
  }

  /** Where tables are made in a schema of their own. */
  async newSchema(name: string): Promise<string> {
    await this.query(`CREATE SCHEMA ${name}`);
    return `${this.url}?options=${encodeURIComponent(`-c search_path=${name}`)}`;
  }

  /** The rows a statement answers. */
  async query(sql: string): Promise<readonly (readonly unknown[])[]> {
    const client = new pg.Client(this.url);
    await client.connect();
    try {
      return (await client.query<unknown[]>({ text: sql, rowMode: "array" })).rows;
    } finally {
      await client.end();
    }
  }

  get url(): string {
    return `postgres://postgres:secret@127.0.0.1:${String(this.port)}/postgres`;
  }

  begin(): void {
    const settings = `-p ${String(this.port)} -c unix_socket_directories=${this.folder} -c fsync=off`;
    const log = join(this.folder, "log");
    this.run("pg_ctl", ["-D", this.data, "-w", "-l", log, "-o", settings, "start"]);
  }

  /** Ends it as if the machine had lost power. */
  crash(): void {
    this.run("pg_ctl", ["-D", this.data, "-m", "immediate", "stop"]);
  }

  /** Ends it for good. */
  stop(): void {
    this.crash();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get data(): string {
    return join(this.folder, "data");
  }

  /** It refuses to run as root: then it runs as Debian's user for it. */
  private get user(): { readonly uid: number; readonly gid: number } | null {
    if (process.getuid?.() !== 0) return null;
    const [uid = 0, gid = 0] = ["-u", "-g"].map((flag) =>
      Number(execFileSync("id", [flag, "postgres"])),
    );
    return { uid, gid };
  }

  private run(program: string, args: readonly string[]): void {
    const environment = { ...process.env, LC_ALL: "C.UTF-8", TZ: "UTC" };
    const options = { ...this.user, cwd: this.folder, env: environment };
    execFileSync(join(BINARIES, program), args, { ...options, stdio: "ignore" });
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => void probe.listen(0, "127.0.0.1", done));
  const { port } = probe.address() as AddressInfo;
  await new Promise((done) => probe.close(done));
  return port;
}
