/** What the store's columns hold. */
export type StoreValue = string | number | null;

/** A row as it is read: PostgreSQL answers booleans as such and bigint as text. */
export type StoreRow = Readonly<Record<string, StoreValue | boolean>>;

/** A statement; `?` stands for its values in their order. */
export interface StoreStatement {
  readonly sql: string;
  readonly values: readonly StoreValue[];
}

/** What a place calls column types that not every SQL knows. */
export interface ColumnTypes {
  readonly time: string;
  readonly uuid: string;
}

/** A database that the metadata store is kept in. One server at a time has it. */
export interface StorePlace {
  /** How messages name it; never with a password. */
  readonly title: string;
  readonly types: ColumnTypes;
  hasTable(name: string): Promise<boolean>;
  rows(sql: string): Promise<readonly StoreRow[]>;
  /** All of them, durable when it resolves, or none. */
  write(statements: readonly StoreStatement[]): Promise<void>;
  /** Calls back whenever the place was out of reach and is there again. */
  onReturn(listener: () => void): void;
  close(): Promise<void>;
}

/** What is kept cannot be served; the message is one line for whoever started the server. */
export class StorePlaceError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "StorePlaceError";
  }
}

/** Someone else has written the version that was to be written: what is known here is old. */
export class StoreMovedOn extends Error {}

/** More values in one statement are refused somewhere. */
const MOST_ROWS = 500;

export function statement(sql: string, ...values: readonly StoreValue[]): StoreStatement {
  return { sql, values };
}

/** INSERT of any number of rows. */
export function insertion(
  table: string,
  rows: readonly (readonly StoreValue[])[],
): readonly StoreStatement[] {
  const statements: StoreStatement[] = [];
  for (let start = 0; start < rows.length; start += MOST_ROWS) {
    const some = rows.slice(start, start + MOST_ROWS);
    const marks = some.map((row) => `(${row.map(() => "?").join(", ")})`).join(", ");
    statements.push({ sql: `INSERT INTO ${table} VALUES ${marks}`, values: some.flat() });
  }
  return statements;
}

/** Statements with one value each, for any number of values. */
export function forEach(sql: string, values: readonly StoreValue[]): readonly StoreStatement[] {
  return values.map((value) => statement(sql, value));
}

export function text(value: StoreRow[string] | undefined): string {
  return String(value ?? "");
}
