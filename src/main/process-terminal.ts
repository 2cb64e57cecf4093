import type { Terminal } from "./run.js";

/** Exit status of a process that a second signal did not let drain. */
const INTERRUPTED = 130;

/** This process: its output, and SIGTERM or SIGINT as the wish that it ends; a second one is heeded. */
export class ProcessTerminal implements Terminal {
  out(text: string): void {
    process.stdout.write(text);
  }

  problem(text: string): void {
    process.stderr.write(text);
  }

  onReload(reload: () => void): void {
    process.on("SIGHUP", reload);
  }

  askedToEnd(): Promise<void> {
    return new Promise((resolve) => {
      let asked = false;
      const ask = (): void => {
        if (asked) process.exit(INTERRUPTED);
        asked = true;
        resolve();
      };
      process.on("SIGTERM", ask);
      process.on("SIGINT", ask);
    });
  }
}
