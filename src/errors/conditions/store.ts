import { SqlError } from "../sql-error.js";

/** Another transaction committed first, and both cannot be. */
export function concurrentlyChanged(what: string): SqlError {
  const message = `could not serialize access due to concurrent change of ${what}`;
  return new SqlError("serializationFailure", message, {
    hint: "The transaction might succeed if retried.",
  });
}

export function storeUnreachable(reason: string): SqlError {
  return new SqlError("connectionFailure", "the metadata store cannot be reached", {
    detail: reason,
    hint: "Queries go on; definitions can be changed once the metadata store is back.",
  });
}

export function storeOutcomeUnknown(reason: string): SqlError {
  const message = "the connection to the metadata store was lost while it committed the change";
  return new SqlError("transactionResolutionUnknown", message, {
    detail: reason,
    hint: "Look whether the change was made before making it again.",
  });
}

export function storeRefused(reason: string): SqlError {
  return new SqlError("ioError", `could not write to the metadata store: ${reason}`);
}
