import { SqlError, type ErrorFields } from "../sql-error.js";

/** What the PostgreSQL behind the system catalog answered, by the letters of the protocol. */
export function systemCatalogRefused(fields: ReadonlyMap<string, string>): SqlError {
  const entries: readonly (readonly [keyof ErrorFields, string])[] = [
    ["detail", "D"],
    ["hint", "H"],
    ["where", "W"],
    ["schema", "s"],
    ["table", "t"],
    ["column", "c"],
    ["dataType", "d"],
    ["constraint", "n"],
  ];
  const told = entries.flatMap(([name, letter]) => {
    const value = fields.get(letter);
    return value === undefined ? [] : [[name, value] as const];
  });
  const position = fields.get("P");
  const severity = fields.get("V") ?? fields.get("S");
  const error = new SqlError("internalError", fields.get("M") ?? "", {
    ...(Object.fromEntries(told) as ErrorFields),
    ...(position === undefined ? {} : { position: Number(position) }),
    ...(severity === undefined
      ? {}
      : { severity: severity as NonNullable<ErrorFields["severity"]> }),
  });
  return Object.assign(error, { sqlstate: fields.get("C") ?? error.sqlstate });
}

/** 58000: there is none at the moment. */
export function systemCatalogGone(reason: string): SqlError {
  return new SqlError("systemError", `the system catalog cannot be reached: ${reason}`);
}

/** 57P03: it broke again and again and is left alone for a while. */
export function systemCatalogPaused(reason: string, waitMs: number): SqlError {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  return new SqlError("cannotConnectNow", "the system catalog is not available at the moment", {
    detail: `It could not be kept running: ${reason}.`,
    hint: `It is started again by a query in ${String(seconds)} s or later.`,
  });
}

/** 57014: a catalog query ran longer than any should, or any for which others wait. */
export function systemCatalogStuck(limitMs: number, othersWait: boolean): SqlError {
  const message = "canceling statement due to the system catalog's time limit";
  const when = othersWait ? " while others wait" : "";
  const detail = `Queries of the system catalog may take ${String(limitMs)} ms${when}.`;
  return new SqlError("queryCanceled", message, { detail });
}

/** 0A000: `what` of the system catalog would be needed for each row of the engine. */
export function systemCatalogPerRow(what: string, position: number | undefined): SqlError {
  const message = `${what} is not supported over rows in a query that reads tables`;
  const hint = "Ask the system catalog in a query of its own.";
  return new SqlError("featureNotSupported", message, { hint }).at(position);
}

/** 54000: rows that are to be read beside those of tables. */
export function systemCatalogTooLarge(name: string, mostRows: number): SqlError {
  const message = `relation "${name}" of the system catalog is too large for a query that reads tables`;
  const detail = `At most ${String(mostRows)} rows can be read so.`;
  return new SqlError("programLimitExceeded", message, { detail });
}

/** 0A000: a function with effects, in a query of the catalog. */
export function systemCatalogFunction(name: string): SqlError {
  const message = `function ${name} is not supported in a query of the system catalog`;
  return new SqlError("featureNotSupported", message);
}
