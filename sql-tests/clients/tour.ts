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
