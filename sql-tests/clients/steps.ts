/** What every client does, in the order of the matrix. */
export const STEPS = [
  "connect",
  "text",
  "binary",
  "cursor",
  "fetch size",
  "copy",
  "cancel",
  "metadata",
] as const;

export type Step = (typeof STEPS)[number];

/** What a client's program printed of one step. */
export interface Section {
  readonly lines: readonly string[];
  /** Why the client has no such thing; null where it has. */
  readonly cannot: string | null;
}

/** A program's printing, cut at its marks; what is under none is "start". */
export function sectionsOf(output: string): ReadonlyMap<string, Section> {
  const sections = new Map<string, Section>();
  let lines: string[] = [];
  const open = (name: string, cannot: string | null): void => {
    lines = [...(sections.get(name)?.lines ?? [])];
    sections.set(name, { lines, cannot });
  };
  open("start", null);
  for (const line of output.split("\n")) {
    const mark = /^== (.*?)(?: cannot: (.*))?$/.exec(line);
    if (mark === null) lines.push(line);
    else open(mark[1] ?? "", mark[2] ?? null);
  }
  return sections;
}

export type StepResult = "same" | "different" | "cannot" | "missing";

/** How a client saw both servers. */
export interface Visit {
  readonly results: ReadonlyMap<Step, StepResult>;
  readonly reasons: ReadonlyMap<Step, string>;
  /** What parts the two printings, in words; null if nothing does. */
  readonly difference: string | null;
}

/** Of each printing, as much as says where they part. */
const SHOWN_LINES = 12;

/** Compares what a program saw of PostgreSQL and of Millrace, section by section. */
export function compare(expected: string, actual: string, aside?: RegExp): Visit {
  const [wanted, got] = [sectionsOf(expected), sectionsOf(actual)];
  const results = new Map<Step, StepResult>();
  const reasons = new Map<Step, string>();
  const differences: string[] = [];
  for (const name of ["start", ...STEPS] as const) {
    const before = wanted.get(name);
    const after = got.get(name);
    const parted = partOf(before?.lines ?? [], after?.lines ?? [], aside);
    if (parted !== null) differences.push(`${name}: ${parted}`);
    if (name === "start") continue;
    const cannot = before?.cannot ?? null;
    if (cannot !== null) reasons.set(name, cannot);
    const said = cannot !== null || (before?.lines ?? []).some((line) => line !== "");
    if (!said) differences.push(`${name}: the program says nothing of it`);
    if (parted !== null) results.set(name, "different");
    else if (!said) results.set(name, "missing");
    else results.set(name, cannot === null ? "same" : "cannot");
  }
  return { results, reasons, difference: differences.length === 0 ? null : differences.join("\n") };
}

function partOf(
  expected: readonly string[],
  actual: readonly string[],
  aside: RegExp | undefined,
): string | null {
  const kept = (lines: readonly string[]): readonly string[] =>
    lines.filter((line) => aside?.test(line) !== true);
  const [wanted, got] = [kept(expected), kept(actual)];
  const length = Math.max(wanted.length, got.length);
  const first = Array.from({ length }, (_, index) => index).find((i) => wanted[i] !== got[i]);
  if (first === undefined) return null;
  const part = (lines: readonly string[], mark: string): readonly string[] =>
    lines.slice(first, first + SHOWN_LINES).map((line) => `  ${mark} ${line}`);
  return [`line ${String(first + 1)}`, ...part(wanted, "-"), ...part(got, "+")].join("\n");
}
