import { spawn } from "node:child_process";

const HEARTBEAT_MS = 10_000;
const FAILURE_LINES = 200;

/** A step that could not be done; the message is the one line a person needs. */
export class SetupError extends Error {}

/** Says what set-up does. On stderr, so that a command's own output stays clean. */
export function say(text) {
  process.stderr.write(`setup: ${text}\n`);
}

/**
 * Runs a tool quietly: its last line every ten seconds while it works, all of its last lines if it
 * fails. Resolves to its standard output.
 */
export function runTool(title, command, args, options = {}) {
  say(title);
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
    let stdout = "";
    let both = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
      both += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => (both += text));
    const heartbeat = setInterval(() => {
      const seconds = Math.round((performance.now() - started) / 1000);
      say(`  … ${seconds} s  ${lastLine(both)}`);
    }, HEARTBEAT_MS);
    child.on("error", (error) => {
      clearInterval(heartbeat);
      reject(new SetupError(`cannot run ${command}: ${error.message}`));
    });
    child.on("close", (code, signal) => {
      clearInterval(heartbeat);
      if (code === 0) {
        resolve(stdout);
        return;
      }
      process.stderr.write(`${both.split("\n").slice(-FAILURE_LINES).join("\n")}\n`);
      reject(new SetupError(`${title}: ${command} ended with ${signal ?? `status ${code}`}`));
    });
  });
}

function lastLine(text) {
  const lines = text.split(/[\r\n]+/).filter((line) => line.trim() !== "");
  return (lines.at(-1) ?? "").slice(0, 100);
}
