import { spawn } from "node:child_process";
import { once } from "node:events";
import { collectOutput } from "../runner/child-process.js";
import { PROGRAMS, type Client } from "./client-list.js";
import { PLAIN_VISITOR, type Address, type Stage } from "./stage.js";

/** Some are compiled first. */
const TIMEOUT_MS = 600_000;
/** Of each printing, as much as says where they part. */
const SHOWN_LINES = 12;

/** Every type that a client may know, one value each. */
const TYPES = [
  "true AS b",
  "32767::int2 AS i2",
  "(-2147483647)::int4 AS i4",
  "9223372036854775807::int8 AS i8",
  "1.5::float4 AS f4",
  "0.1::float8 AS f8",
  "12345.678::numeric(12,3) AS n",
  "1.10::numeric AS u",
  "'text é ☃'::text AS t",
  "'short'::varchar(8) AS v",
  "'ab'::char(3) AS c",
  "'\\xdeadbeef00'::bytea AS y",
  "date '2024-02-29' AS d",
  "time '12:34:56.789' AS tm",
  "timestamp '2024-02-29 12:34:56.789' AS ts",
  "timestamptz '2024-02-29 12:34:56.789+02' AS tz",
  "interval '3 days 04:05:06' AS iv",
  "uuid 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11' AS u1",
  "NULL::int4 AS nothing",
  "NULL::text AS no_text",
];

const TOUR: Readonly<Record<string, string>> = {
  TOUR_TYPES: `SELECT ${TYPES.join(", ")}`,
  TOUR_ROWS: "SELECT * FROM data.many WHERE id <= 40 ORDER BY id",
  TOUR_STREAM: "SELECT n, 'row ' || n::text AS t FROM generate_series(1, 1000000) AS s(n)",
  TOUR_COPY: "SELECT * FROM data.many ORDER BY id",
  TOUR_ENDLESS: "SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b",
};

/** How the two servers differ for a client; null if they do not. */
export async function visit(client: Client, stage: Stage): Promise<string | null> {
  const expected = await run(client, stage.postgres);
  if (expected.code !== 0) return `the program fails on PostgreSQL:\n${expected.output}`;
  const actual = await run(client, stage.millrace);
  return difference(client, expected.output, actual.output, actual.code);
}

interface Printing {
  readonly code: number | null;
  readonly output: string;
}

async function run(client: Client, address: Address): Promise<Printing> {
  const [command = "", ...args] = client.command;
  const visitor = client.clearPassword === true ? { PGUSER: PLAIN_VISITOR } : {};
  const child = spawn(command, args, {
    cwd: PROGRAMS,
    env: { ...process.env, TZ: "UTC", ...TOUR, ...client.environment, ...address, ...visitor },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: TIMEOUT_MS,
  });
  const output = collectOutput(child);
  const [code] = (await Promise.race([
    once(child, "close"),
    once(child, "error").then(([error]) => Promise.reject(error as Error)),
  ])) as [number | null];
  return { code, output: output() };
}

function difference(
  client: Client,
  expected: string,
  actual: string,
  code: number | null,
): string | null {
  const compared = (text: string): readonly string[] =>
    text.split("\n").filter((line) => client.aside?.test(line) !== true);
  const [wanted, got] = [compared(expected), compared(actual)];
  const length = Math.max(wanted.length, got.length);
  const first = Array.from({ length }, (_, index) => index).find((i) => wanted[i] !== got[i]);
  if (first === undefined) return code === 0 ? null : `ended with status ${String(code)}`;
  const part = (lines: readonly string[], mark: string): readonly string[] =>
    lines.slice(first, first + SHOWN_LINES).map((line) => `  ${mark} ${line}`);
  return [`line ${String(first + 1)}:`, ...part(wanted, "-"), ...part(got, "+")].join("\n");
}
