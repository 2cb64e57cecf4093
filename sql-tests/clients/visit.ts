import { spawn } from "node:child_process";
import { once } from "node:events";
import { collectOutput } from "../runner/child-process.js";
import { PROGRAMS, type Client } from "./client-list.js";
import type { Address, Stage } from "./stage.js";
import { compare, type Visit } from "./steps.js";

/** Some are compiled first. */
const TIMEOUT_MS = 600_000;
/** Of a program that failed, its last words. */
const SHOWN_LINES = 20;

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
  "'a name'::name AS na",
  "4294967295::oid AS o",
  "ARRAY[1, NULL, -3] AS ai",
  "ARRAY[[1, 2], [3, 4]]::int8[] AS am",
  "ARRAY['a b', NULL, 'NULL', '', 'c\"d'] AS at",
  "ARRAY[1.50, 2]::numeric[] AS an",
  "ARRAY[true, false] AS ab",
  "ARRAY[timestamp '2024-02-29 12:34:56.789'] AS ats",
  "ARRAY[uuid 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'] AS au",
  "'{}'::text[] AS none",
  "ROW(1, 'a b'::text, NULL::int4) AS r",
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

/** Lets a client's program see PostgreSQL, then Millrace. */
export async function visit(client: Client, stage: Stage): Promise<Visit> {
  const expected = await run(client, stage.postgres);
  const actual = await run(client, stage.millrace);
  const seen = compare(expected.output, actual.output, client.aside);
  const failure = failureOf(expected, "PostgreSQL") ?? failureOf(actual, "Millrace");
  if (failure === null) return seen;
  return { ...seen, difference: [failure, seen.difference ?? ""].join("\n") };
}

function failureOf({ code, output }: Printing, server: string): string | null {
  if (code === 0) return null;
  const last = output.split("\n").slice(-SHOWN_LINES).join("\n");
  return `the program ended with status ${String(code)} on ${server}:\n${last}`;
}

interface Printing {
  readonly code: number | null;
  readonly output: string;
}

async function run(client: Client, address: Address): Promise<Printing> {
  const [command = "", ...args] = client.command;
  const child = spawn(command, args, {
    cwd: PROGRAMS,
    env: { ...process.env, TZ: "UTC", ...TOUR, ...client.environment, ...address },
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
