import { HELP, parseArguments, UsageError, VERSION } from "../command-line/index.js";
import type { ServeOptions } from "../command-line/index.js";
import type { Address } from "../env/index.js";
import { unreachable } from "../errors/index.js";
import type { Machine } from "./machine.js";
import { startServer, type OpenRooms, type Resources, type RunningServer } from "./server.js";

/** Statements that run when the server is told to end have so long to finish. */
const DRAIN_DEADLINE_MS = 10_000;

/** The process around the server. */
export interface Terminal {
  out(text: string): void;
  problem(text: string): void;
  /** Resolves when the process is asked to end. */
  askedToEnd(): Promise<void>;
  /** Calls back whenever the process is asked to read its files again. */
  onReload?(reload: () => void): void;
}

/** Runs a command line to its end; answers the exit status. */
export async function run(
  args: readonly string[],
  machine: Machine,
  terminal: Terminal,
  openRooms: OpenRooms,
): Promise<number> {
  try {
    const command = parseArguments(args);
    switch (command.kind) {
      case "help":
        terminal.out(HELP);
        return 0;
      case "version":
        terminal.out(`millrace ${VERSION}\n`);
        return 0;
      case "serve":
        return await serve(command.options, machine, terminal, openRooms);
      default:
        return unreachable(command);
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    terminal.problem(`millrace: ${error.message} (see --help)\n`);
    return 2;
  }
}

async function serve(
  options: ServeOptions,
  machine: Machine,
  terminal: Terminal,
  openRooms: OpenRooms,
): Promise<number> {
  const asked = terminal.askedToEnd();
  let server: RunningServer;
  try {
    server = await startServer(options, machine, openRooms);
  } catch (error) {
    terminal.problem(`millrace: ${whyNotStarted(error, options.listen)}\n`);
    return 1;
  }
  terminal.out(`${readyLine(server.address, options.dataDirectory, server.resources)}\n`);
  void server.news.then((text) => {
    if (text !== null) terminal.out(`millrace: ${text}\n`);
  });
  terminal.onReload?.(() => server.reload());
  await asked;
  await server.stop(DRAIN_DEADLINE_MS);
  return 0;
}

/** An address as it is written: an IPv6 host in brackets. */
function shownAddress({ host, port }: Address): string {
  return `${host.includes(":") ? `[${host}]` : host}:${String(port)}`;
}

function readyLine(address: Address, dataDirectory: string, resources: Resources): string {
  const { threads, hostMemoryBytes } = resources;
  const gibibytes = (hostMemoryBytes / 2 ** 30).toFixed(1);
  const cores = threads === 1 ? "1 thread" : `${String(threads)} threads`;
  return (
    `millrace ready on ${shownAddress(address)} ` +
    `(data in ${dataDirectory}, ${cores}, ${gibibytes} GiB of memory)`
  );
}

/** One line for whoever started the server. */
function whyNotStarted(error: unknown, listen: Address): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const where = shownAddress(listen);
  switch (code) {
    case "EADDRINUSE":
      return `cannot listen on ${where}: the port is taken; choose another with --listen`;
    case "EACCES":
      return `cannot listen on ${where}: not permitted; choose a port above 1023 with --listen`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `cannot listen on ${where}: this machine has no such address`;
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
