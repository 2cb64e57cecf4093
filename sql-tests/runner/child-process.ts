import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { once } from "node:events";

const KILL_AFTER_MS = 10_000;

/** Runs a command to its end; rejects with its output unless it succeeds. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<string> {
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const output = collectOutput(child);
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0)
    throw new Error(`${command} ${args.join(" ")} ended with ${String(code)}\n${output()}`);
  return output();
}

/** What a child has printed so far, both streams as they came. */
export function collectOutput(child: ChildProcess): () => string {
  let text = "";
  const take = (chunk: string): void => {
    text += chunk;
  };
  child.stdout?.setEncoding("utf8").on("data", take);
  child.stderr?.setEncoding("utf8").on("data", take);
  return () => text;
}

/** Asks a child to end by `signal`, and kills it if it does not. Resolves to its exit code. */
export async function stopChild(
  child: ChildProcess,
  signal: NodeJS.Signals = "SIGTERM",
): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const closed = once(child, "close");
  child.kill(signal);
  const timer = setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS);
  await closed;
  clearTimeout(timer);
  return child.exitCode;
}
