/**
 * main: the command line of `millrace`.
 *
 * The only room that constructs clocks, servers and engines. Start reading at main/run.ts, then
 * main/server.ts and main/open-rooms.ts.
 */
import { thisMachine } from "./main/machine.js";
import { openRooms } from "./main/open-rooms.js";
import { ProcessTerminal } from "./main/process-terminal.js";
import { run } from "./main/run.js";
import { growYoungGenerationAtOnce } from "./main/young-generation.js";

growYoungGenerationAtOnce();
process.exitCode = await run(
  process.argv.slice(2),
  thisMachine(),
  new ProcessTerminal(),
  openRooms,
);
