import type { Step } from "./steps.js";

/**
 * sql-tests/clients: what PostgreSQL's clients see here against what they see of PostgreSQL.
 *
 * Each program under programs/ makes the same tour with one client (connect by SCRAM over TLS, every
 * type in text and binary, a million rows by cursor, COPY, cancel, metadata) and prints what it saw;
 * both servers have the same tables, so the two printings must be equal. Statements and addresses
 * come in environment variables. Start reading at clients.ts.
 */

/** What a program is told; it cannot go on without. */
export function tour(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

/** One line of what a program saw. */
export function say(...values: readonly unknown[]): void {
  console.log(values.map((value) => JSON.stringify(value)).join(" "));
}

/** Opens the part of the printing that belongs to a step of the matrix. */
export function step(name: Step, cannot?: string): void {
  console.log(`== ${name}${cannot === undefined ? "" : ` cannot: ${cannot}`}`);
}

/** Rows of TOUR_STREAM. */
export interface Numbered {
  readonly n: number;
  readonly t: string;
}

/** Takes lists of rows until one is empty. */
export async function fetched(fetch: () => Promise<readonly unknown[]>): Promise<void> {
  let count = 0;
  let calls = 0;
  for (;;) {
    const { length } = await fetch();
    if (length === 0) break;
    count += length;
    calls += 1;
  }
  say("fetched", count, calls);
}

/** What an error says where one is expected. */
export async function refused(answer: PromiseLike<unknown>): Promise<void> {
  const outcome = await answer.then(
    () => "answered",
    (error: unknown) => (error as { readonly code?: string }).code,
  );
  say("refused", outcome);
}

/** Every column there is, as information_schema tells it. */
export const COLUMNS =
  "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns " +
  "WHERE table_schema = 'data' ORDER BY table_name, ordinal_position";
