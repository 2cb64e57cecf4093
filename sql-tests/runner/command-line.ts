/** A mistake in a command's arguments; the message is for the person who typed them. */
export class UsageError extends Error {}

/** `--name value` pairs, each of a known name. */
export function readOptions(
  args: readonly string[],
  known: readonly string[],
): ReadonlyMap<string, string> {
  const options = new Map<string, string>();
  for (let at = 0; at < args.length; at += 2) {
    const name = args[at]?.replace(/^--/, "") ?? "";
    const value = args[at + 1];
    if (!args[at]?.startsWith("--") || !known.includes(name)) {
      throw new UsageError(`unknown argument ${args[at] ?? ""}; known: --${known.join(", --")}`);
    }
    if (value === undefined) throw new UsageError(`--${name} needs a value`);
    options.set(name, value);
  }
  return options;
}

/** A whole number from 1. */
export function countOption(
  options: ReadonlyMap<string, string>,
  name: string,
  standard: number,
): number {
  const text = options.get(name);
  if (text === undefined) return standard;
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new UsageError(`--${name} must be 1 or more`);
  return count;
}

/** The scale as the generator takes it: 0.01, 1, 10. */
export function scaleOption(options: ReadonlyMap<string, string>): string {
  const scale = options.get("scale");
  if (scale === undefined) throw new UsageError("--scale is missing");
  if (!/^\d+(\.\d+)?$/.test(scale)) throw new UsageError(`--scale ${scale} is not a number`);
  return String(Number(scale));
}

/** Runs a command's main: usage errors are one line and status 2, others are shown whole. */
export async function runMain(main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    console.error(error instanceof UsageError ? error.message : error);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}

/** One line that says what is being done, overwritten by the next on a terminal. */
export function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
  else if (text !== "") process.stderr.write(`${text}\n`);
}

/** Rows as columns of equal width; the first column to the left, all others to the right. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_head, i) =>
    Math.max(...rows.map((row) => (row[i] ?? "").length)),
  );
  for (const row of rows) {
    const cells = row.map((cell, i) =>
      i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0),
    );
    console.log(cells.join("  ").trimEnd());
  }
}
