import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { POSTGRES_VERSION, VERSION } from "../command-line/index.js";
import { FakePlanner } from "../testing/fake-planner.js";
import { WireClient } from "../testing/wire-client.js";
import { thisMachine } from "./machine.js";
import { run, type Terminal } from "./run.js";
import type { OpenRooms } from "./server.js";

/** A terminal that keeps what it is told, and can ask the server to end. */
class TestTerminal implements Terminal {
  output = "";
  problems = "";
  end: () => void = () => undefined;
  private readonly ended = new Promise<void>((resolve) => {
    this.end = resolve;
  });

  out(text: string): void {
    this.output += text;
  }

  problem(text: string): void {
    this.problems += text;
  }

  askedToEnd(): Promise<void> {
    return this.ended;
  }
}

interface Opened {
  closed: boolean;
  threads: number;
}

function rooms(opened: Opened = { closed: false, threads: 0 }): OpenRooms {
  return (_options, { threads }) => {
    opened.threads = threads;
    return Promise.resolve({
      planner: new FakePlanner(),
      close: () => {
        opened.closed = true;
        return Promise.resolve();
      },
    });
  };
}

/** Runs a command line that ends by itself. */
async function outcome(line: string, open = rooms()): Promise<readonly [number, string, string]> {
  const terminal = new TestTerminal();
  const status = await run(line.split(" "), thisMachine(), terminal, open);
  return [status, terminal.output, terminal.problems];
}

test("help and version", async () => {
  const [status, output, problems] = await outcome("--help");
  assert.equal(status, 0);
  assert.match(output, /--listen HOST:PORT/);
  assert.equal(problems, "");
  assert.deepEqual(await outcome("--version"), [0, `millrace ${VERSION}\n`, ""]);
});

test("what is wrong on the command line is one line and status 2", async () => {
  assert.deepEqual(await outcome("serve --frobnicate"), [
    2,
    "",
    "millrace: unknown option --frobnicate (see --help)\n",
  ]);
});

test("a server says once that it is ready, serves, and drains when asked", async () => {
  const terminal = new TestTerminal();
  const opened: Opened = { closed: false, threads: 0 };
  const args = ["serve", "--listen", "127.0.0.1:0", "--threads", "3", "--host-memory", "1GB"];
  const done = run(args, thisMachine(), terminal, rooms(opened));
  while (terminal.output === "") await new Promise((resolve) => setTimeout(resolve, 2));
  const ready =
    /^millrace ready on 127\.0\.0\.1:(\d+) \(data in \.\/millrace-data, 3 threads, 1\.0 GiB of memory\)\n$/;
  const port = Number(ready.exec(terminal.output)?.[1]);
  assert.ok(port > 0, terminal.output);
  const client = await WireClient.start(port);
  assert.deepEqual(await client.query("show server_version"), [
    "T server_version:25:0",
    `D ${POSTGRES_VERSION}`,
    "C SHOW",
    "Z I",
  ]);
  terminal.end();
  assert.equal((await client.untilClosed()).length, 1);
  assert.equal(await done, 0);
  assert.deepEqual(opened, { closed: true, threads: 3 });
});

test("a port that is taken is told in one line, and nothing is left open", async (t) => {
  const other = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => other.once("listening", resolve));
  t.after(() => other.close());
  const { port } = other.address() as AddressInfo;
  const opened: Opened = { closed: false, threads: 0 };
  const [status, output, problems] = await outcome(
    `--listen 127.0.0.1:${String(port)}`,
    rooms(opened),
  );
  assert.deepEqual([status, output], [1, ""]);
  assert.match(problems, /^millrace: cannot listen on 127\.0\.0\.1:\d+: the port is taken; .*\n$/);
  assert.equal(opened.closed, true);
});

test("rooms that do not open keep the server from starting", async () => {
  const open: OpenRooms = () => Promise.reject(new Error("the data directory is in use"));
  assert.deepEqual(await outcome("serve", open), [
    1,
    "",
    "millrace: the data directory is in use\n",
  ]);
});

test("the version is the package's", () => {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    assert.notEqual(folder, dirname(folder), "no package.json");
    let text: string;
    try {
      text = readFileSync(join(folder, "package.json"), "utf8");
    } catch {
      continue;
    }
    assert.equal((JSON.parse(text) as { version: string }).version, VERSION);
    return;
  }
});
