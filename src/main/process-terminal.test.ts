import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";

/** A process that only waits to be asked, and then says so and stays. */
const WAITING = `
  const { ProcessTerminal } = await import(process.argv[1]);
  const terminal = new ProcessTerminal();
  const asked = terminal.askedToEnd();
  terminal.out("waiting\\n");
  const alive = setInterval(() => undefined, 1000);
  await asked;
  terminal.problem("asked\\n");
  if (process.argv[2] === "drains") clearInterval(alive);
`;

async function signalled(
  manner: "drains" | "hangs",
): Promise<{ readonly status: number | null; readonly problems: string }> {
  const module = new URL("./process-terminal.js", import.meta.url).href;
  const child = spawn(process.execPath, ["--input-type=module", "-e", WAITING, module, manner]);
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  let problems = "";
  await new Promise((resolve) => child.stdout.once("data", resolve));
  child.kill("SIGTERM");
  await new Promise<void>((resolve) => {
    child.stderr.on("data", (chunk: Buffer) => {
      problems += chunk.toString();
      resolve();
    });
  });
  if (manner === "hangs") child.kill("SIGINT");
  return { status: await ended, problems };
}

test("a signal asks the process to end, a second one ends it", { timeout: 20_000 }, async () => {
  assert.deepEqual(await signalled("drains"), { status: 0, problems: "asked\n" });
  assert.deepEqual(await signalled("hangs"), { status: 130, problems: "asked\n" });
});

const RELOADING = `
  const { ProcessTerminal } = await import(process.argv[1]);
  const terminal = new ProcessTerminal();
  const alive = setInterval(() => undefined, 1000);
  terminal.onReload(() => terminal.out("reloaded\\n"));
  terminal.out("waiting\\n");
  await terminal.askedToEnd();
  clearInterval(alive);
`;

test("SIGHUP asks for the files to be read again, each time, and ends nothing", async () => {
  const module = new URL("./process-terminal.js", import.meta.url).href;
  const child = spawn(process.execPath, ["--input-type=module", "-e", RELOADING, module]);
  const next = (): Promise<string> =>
    new Promise((resolve) => child.stdout.once("data", (data: Buffer) => resolve(String(data))));
  assert.equal(await next(), "waiting\n");
  for (let times = 0; times < 2; times++) {
    child.kill("SIGHUP");
    assert.equal(await next(), "reloaded\n");
  }
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  assert.equal(await ended, 0);
});
