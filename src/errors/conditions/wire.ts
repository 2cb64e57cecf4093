import { SqlError } from "../sql-error.js";

/** 08P01, the connection lives on: a message of known length whose content makes no sense. */
export function malformedMessage(message: string): SqlError {
  return new SqlError("protocolViolation", message);
}

/** 08P01, FATAL: the byte stream is out of step, nothing after it can be trusted. */
export function protocolBroken(message: string): SqlError {
  return new SqlError("protocolViolation", message, { severity: "FATAL" });
}

export function unsupportedProtocol(major: number, minor: number): SqlError {
  return new SqlError(
    "featureNotSupported",
    `unsupported frontend protocol ${String(major)}.${String(minor)}: server supports 3.0 to 3.2`,
    { severity: "FATAL" },
  );
}

export function noUserNameInStartup(): SqlError {
  return new SqlError(
    "invalidAuthorizationSpecification",
    "no PostgreSQL user name specified in startup packet",
    { severity: "FATAL" },
  );
}

export function replicationNotSupported(): SqlError {
  return new SqlError("featureNotSupported", "replication connections are not supported", {
    severity: "FATAL",
  });
}

export function tooManyClients(): SqlError {
  return new SqlError("tooManyConnections", "sorry, too many clients already", {
    severity: "FATAL",
  });
}

export function serverShuttingDown(): SqlError {
  return new SqlError("cannotConnectNow", "the database system is shutting down", {
    severity: "FATAL",
  });
}

export function functionCallNotSupported(): SqlError {
  return new SqlError("featureNotSupported", "fastpath function calls are not supported");
}

/** 22021; `bytes` are the first ones that are no UTF-8 character. */
export function invalidByteSequence(bytes: Uint8Array): SqlError {
  const shown = Array.from(bytes, (byte) => `0x${byte.toString(16).padStart(2, "0")}`).join(" ");
  return new SqlError(
    "characterNotInRepertoire",
    `invalid byte sequence for encoding "UTF8": ${shown}`,
  );
}

/** A character or byte that the other encoding has not. */
export function noEquivalent(bytes: Uint8Array, from: string, to: string): SqlError {
  const shown = Array.from(bytes, (byte) => `0x${byte.toString(16).padStart(2, "0")}`).join(" ");
  return new SqlError(
    "untranslatableCharacter",
    `character with byte sequence ${shown} in encoding "${from}" has no equivalent in encoding "${to}"`,
  );
}

export function binaryNotConverted(encoding: string): SqlError {
  const message = `binary values that hold text are not supported in client encoding "${encoding}"`;
  return new SqlError("featureNotSupported", message);
}

/** 22023. */
export function unsupportedFormat(format: number): SqlError {
  return new SqlError("invalidParameterValue", `unsupported format code: ${String(format)}`);
}

/** Not PostgreSQL's words: it says nothing and hangs up. */
export function authenticationTimeout(): SqlError {
  return new SqlError(
    "protocolViolation",
    "terminating connection because the client did not start it in time",
    { severity: "FATAL" },
  );
}
