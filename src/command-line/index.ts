/**
 * command-line: what the words after `millrace` mean, and what it says about itself.
 *
 * May import all rooms left of main. Invariant: pure; whatever is wrong is a UsageError of one line.
 * Start reading at arguments.ts.
 */
export {
  HELP,
  NO_ACCESS_FILES,
  parseArguments,
  type AccessOptions,
  type Command,
  type ServeOptions,
} from "./arguments.js";
export { UsageError } from "./usage-error.js";
export {
  POSTGRES_VERSION,
  reportedVersion,
  VERSION,
  versionNumber,
  versionText,
} from "./version.js";
