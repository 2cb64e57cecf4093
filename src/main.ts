/**
 * main: the command line of `millrace`.
 *
 * The only room that constructs clocks, servers and engines. Start reading at main/run.ts, then
 * main/server.ts and main/open-rooms.ts.
 */
import { thisMachine } from "./main/machine.js";
import { openRooms } from "./main/open-rooms.js";
import { run, type Terminal } from "./main/run.js";

const terminal: Terminal = {
  out: (text) => process.stdout.write(text),
  problem: (text) => process.stderr.write(text),
  askedToEnd: () =>
    new Promise((resolve) => {
      process.once("SIGTERM", resolve);
      process.once("SIGINT", resolve);
    }),
};

process.exitCode = await run(process.argv.slice(2), thisMachine(), terminal, openRooms);
