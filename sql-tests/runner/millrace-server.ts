import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { collectOutput, stopChild } from "./child-process.js";
import { COMPILED, ROOT } from "./repository.js";

const START_TIMEOUT_MS = 60_000;
const POLL_MS = 10;

export interface MillraceOptions {
  readonly threads?: number;
  /** Kept if given; otherwise a temporary one that is removed at the end. */
  readonly dataDirectory?: string;
  readonly arguments?: readonly string[];
  /** Variables beside those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A Millrace server in a process of its own. */
export class MillraceServer {
  readonly url: string;
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly #temporary: string | null;

  private constructor(
    port: number,
    child: ChildProcess,
    output: () => string,
    temporary: string | null,
  ) {
    this.url = `postgres://millrace@127.0.0.1:${String(port)}/millrace`;
    this.child = child;
    this.output = output;
    this.#temporary = temporary;
  }

  /** Starts the compiled server on a free port; rejects with its output if it does not get ready. */
  static async start(options: MillraceOptions = {}): Promise<MillraceServer> {
    const temporary = options.dataDirectory ? null : await mkdtemp(join(tmpdir(), "millrace-"));
    const dataDirectory = options.dataDirectory ?? temporary ?? "";
    const main = join(COMPILED, "src", "main.js");
    const args = ["serve", "--listen", "127.0.0.1:0", "--data-dir", dataDirectory, "--no-sample"];
    // The answers were recorded from PostgreSQL 15.
    args.push("--server-version", "15.18");
    const threads = options.threads === undefined ? [] : ["--threads", String(options.threads)];
    const child = spawn(
      process.execPath,
      ["--enable-source-maps", main, ...args, ...threads, ...(options.arguments ?? [])],
      {
        cwd: ROOT,
        stdio: ["ignore", "pipe", "pipe"],
        env: { ...process.env, ...options.environment },
      },
    );
    const output = collectOutput(child);
    try {
      const port = await readyPort(child, output);
      return new MillraceServer(port, child, output, temporary);
    } catch (error) {
      if (temporary !== null) await rm(temporary, { recursive: true, force: true });
      throw error;
    }
  }

  /** Stops the server. Rejects if it did not end by itself with success: it crashed, or hangs. */
  async stop(): Promise<void> {
    const code = await stopChild(this.child);
    if (this.#temporary !== null) await rm(this.#temporary, { recursive: true, force: true });
    if (code !== 0) {
      const end = this.child.signalCode ?? `status ${String(code)}`;
      throw new Error(`the server ended with ${end}\n${this.output().slice(-5000)}`);
    }
  }
}

/** Waits for the line that tells where the server listens. */
async function readyPort(child: ChildProcess, output: () => string): Promise<number> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    const port = /127\.0\.0\.1:([1-9]\d*)/.exec(output())?.[1];
    if (port !== undefined) return Number(port);
    const ended = child.exitCode !== null || child.signalCode !== null;
    if (ended || performance.now() > deadline) {
      await stopChild(child, "SIGKILL");
      throw new Error(`the server did not get ready\n${output()}`);
    }
    await sleep(POLL_MS);
  }
}
