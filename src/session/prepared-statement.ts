import { duplicatePreparedStatement, undefinedPreparedStatement } from "../errors/index.js";
import type { Statement } from "../parser/index.js";
import type { PlannedQuery, ResultColumn } from "./planner.js";

/** A parsed statement with what is known of it before it runs. */
export interface PreparedStatement {
  readonly name: string;
  /** The text positions count in. */
  readonly text: string;
  /** Null for a text without a statement. */
  readonly statement: Statement | null;
  /** What the client declared, for planning again; null where there can be no parameters. */
  readonly declaredOids: readonly number[] | null;
  readonly parameterOids: readonly number[];
  /** Null where the statement answers no rows. */
  readonly columns: readonly ResultColumn[] | null;
  /** µs from 2000-01-01 UTC. */
  readonly preparedMicros: bigint;
  /** Made by PREPARE, not by the protocol. */
  readonly fromSql: boolean;
  /** Of a query or EXPLAIN. */
  readonly plan: PlannedQuery | null;
}

/** A session's prepared statements, those of the protocol and of SQL alike. "" is the unnamed one. */
export class PreparedStatements {
  private readonly byName = new Map<string, PreparedStatement>();

  /** Throws 42P05 where a named statement exists already; the unnamed one is replaced. */
  add(statement: PreparedStatement): void {
    this.checkFree(statement.name);
    this.byName.set(statement.name, statement);
  }

  /** Throws what `add` would, before the work of preparing. */
  checkFree(name: string): void {
    if (name !== "" && this.byName.has(name)) throw duplicatePreparedStatement(name);
  }

  /** Takes the place of an older form of the same statement, if that still exists. */
  replace(older: PreparedStatement, newer: PreparedStatement): void {
    if (this.byName.get(older.name) === older) this.byName.set(older.name, newer);
  }

  /** Throws 26000. */
  get(name: string): PreparedStatement {
    const found = this.byName.get(name);
    if (found === undefined) throw undefinedPreparedStatement(name);
    return found;
  }

  /** Closing what does not exist is no error. */
  remove(name: string): boolean {
    return this.byName.delete(name);
  }

  /** All but the unnamed one, oldest first. */
  get named(): readonly PreparedStatement[] {
    return [...this.byName.values()].filter(({ name }) => name !== "");
  }

  /** DEALLOCATE ALL; SQL has no word for the unnamed one, so it stays. */
  clearNamed(): void {
    for (const name of this.byName.keys()) {
      if (name !== "") this.byName.delete(name);
    }
  }
}
