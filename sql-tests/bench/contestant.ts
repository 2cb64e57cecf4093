import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { stopChild } from "../runner/child-process.js";
import { MillraceServer } from "../runner/millrace-server.js";
import type { PeerAnswer } from "./duckdb-peer.js";
import { RawConnection, type Measured } from "./raw-connection.js";

/** One engine in one process of its own. */
export interface Contestant {
  readonly pid: number;
  run(sql: string): Promise<Measured>;
  stop(): Promise<void>;
}

/** Millrace over a real connection: the time is the client's, to the last byte of the rows. */
export async function startMillrace(threads: number, dataDirectory: string): Promise<Contestant> {
  const server = await MillraceServer.start({ threads, dataDirectory });
  const connection = await RawConnection.open(server.url);
  await connection.run("SET search_path TO tpch");
  return {
    pid: server.child.pid ?? 0,
    run: (sql) => connection.run(sql),
    stop: async () => {
      connection.close();
      await server.stop();
    },
  };
}

/** DuckDB in a child: the time is its own, to the last chunk of the result. */
export async function startDuckdb(threads: number, folder: string): Promise<Contestant> {
  const peer = fileURLToPath(new URL("./duckdb-peer.js", import.meta.url));
  const child = fork(peer, [String(threads), folder]);
  await answerOf(child);
  return {
    pid: child.pid ?? 0,
    run: async (sql) => {
      const answer = answerOf(child);
      child.send(sql);
      const { milliseconds, rows } = await answer;
      return { milliseconds, rows };
    },
    stop: async () => {
      await stopChild(child);
    },
  };
}

async function answerOf(child: ChildProcess): Promise<Extract<PeerAnswer, { ok: true }>> {
  const answered = new AbortController();
  const { signal } = answered;
  const ended = once(child, "exit", { signal }).then(
    () => ({ ok: false, error: "its process ended" }) as const,
    () => ({ ok: false, error: "no longer waited for" }) as const,
  );
  const message = once(child, "message", { signal }) as Promise<[PeerAnswer]>;
  const answer = await Promise.race([message.then(([first]) => first), ended]);
  message.catch(() => undefined);
  answered.abort();
  if (!answer.ok) throw new Error(`DuckDB: ${answer.error}`);
  return answer;
}
