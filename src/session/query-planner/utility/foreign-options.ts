import {
  invalidOption,
  optionTwice,
  pathRequired,
  undefinedServer,
} from "../../../errors/index.js";
import type { StringOption } from "../../../parser/index.js";

/** Servers that are built in, by the format they read. */
export const SERVERS: ReadonlySet<string> = new Set(["parquet"]);

const PATH = "path";

export function checkServer(name: string): void {
  if (!SERVERS.has(name)) throw undefinedServer(name);
}

/** The only option there is; `fallback` where it may be left out. */
export function pathOption(
  options: readonly StringOption[],
  command: string,
  fallback?: string,
): string {
  let path: string | undefined;
  for (const { name, value } of options) {
    if (name !== PATH) throw invalidOption(name, [PATH]);
    if (path !== undefined) throw optionTwice(name);
    path = value;
  }
  const found = path ?? fallback ?? "";
  if (found === "") throw pathRequired(command);
  return found;
}
