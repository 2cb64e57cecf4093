import { engineError, internalError, SqlError } from "../errors/index.js";

/** What the addon threw, as a SqlError: it brings SQLSTATE, DETAIL, HINT and position of its own. */
export function toSqlError(error: unknown): SqlError {
  if (error instanceof SqlError) return error;
  if (!(error instanceof Error)) return internalError(String(error));
  const fields = error as Error & Partial<Record<string, unknown>>;
  const sqlstate = fields["sqlstate"];
  if (typeof sqlstate !== "string") return internalError(error.message);
  const [detail, hint] = [textOf(fields["detail"]), textOf(fields["hint"])];
  const where = textOf(fields["context"]);
  const position = Number(fields["position"] ?? 0);
  return engineError(sqlstate, error.message, {
    ...(detail === "" ? {} : { detail }),
    ...(hint === "" ? {} : { hint }),
    ...(where === "" ? {} : { where }),
    ...(position > 0 ? { position } : {}),
  });
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Runs a call into the addon. */
export function calling<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toSqlError(error);
  }
}

/** Awaits one. */
export async function awaiting<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toSqlError(error);
  }
}
