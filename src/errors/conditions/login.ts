import { SqlError, type ErrorFields } from "../sql-error.js";
import type { ConditionName } from "../sqlstate.js";

function fatal(condition: ConditionName, message: string, fields: ErrorFields = {}): SqlError {
  return new SqlError(condition, message, { ...fields, severity: "FATAL" });
}

/** Who wants in, from where, as messages about rules tell it. */
export interface ClientPlace {
  readonly host: string;
  readonly user: string;
  readonly database: string;
  readonly encrypted: boolean;
}

function placeText({ host, user, database, encrypted }: ClientPlace): string {
  const how = encrypted ? "SSL encryption" : "no encryption";
  return `host "${host}", user "${user}", database "${database}", ${how}`;
}

/** No rule is for this client. */
export function noRuleFor(place: ClientPlace): SqlError {
  const message = `no pg_hba.conf entry for ${placeText(place)}`;
  return fatal("invalidAuthorizationSpecification", message);
}

/** A rule says `reject`. */
export function rejectedByRule(place: ClientPlace): SqlError {
  const message = `pg_hba.conf rejects connection for ${placeText(place)}`;
  return fatal("invalidAuthorizationSpecification", message);
}

/** Wrong, unknown, missing or outdated: the client is not told which. */
export function passwordFailed(user: string): SqlError {
  return fatal("invalidPassword", `password authentication failed for user "${user}"`);
}

export function emptyPassword(): SqlError {
  return fatal("invalidPassword", "empty password returned by client");
}

export function certificateFailed(user: string): SqlError {
  const message = `certificate authentication failed for user "${user}"`;
  return fatal("invalidAuthorizationSpecification", message);
}

export function trustFailed(user: string): SqlError {
  const message = `"trust" authentication failed for user "${user}"`;
  return fatal("invalidAuthorizationSpecification", message);
}

/** `detail`: what is wrong with the one that was presented. */
export function certificateRequired(detail?: string): SqlError {
  return fatal(
    "invalidAuthorizationSpecification",
    "connection requires a valid client certificate",
    detail === undefined ? {} : { detail },
  );
}

export function loginRoleMissing(name: string): SqlError {
  return fatal("invalidAuthorizationSpecification", `role "${name}" does not exist`);
}

export function loginNotPermitted(name: string): SqlError {
  return fatal("invalidAuthorizationSpecification", `role "${name}" is not permitted to log in`);
}

export function databaseMissing(name: string): SqlError {
  return fatal("invalidCatalogName", `database "${name}" does not exist`);
}

export function connectDenied(database: string): SqlError {
  return fatal("insufficientPrivilege", `permission denied for database "${database}"`, {
    detail: "User does not have CONNECT privilege.",
  });
}

export function tooManyForRole(name: string): SqlError {
  return fatal("tooManyConnections", `too many connections for role "${name}"`);
}

/** The last places are kept for superusers. */
export function slotsReserved(): SqlError {
  return fatal(
    "tooManyConnections",
    "remaining connection slots are reserved for non-replication superuser connections",
  );
}

export function authenticationCanceled(): SqlError {
  return fatal("queryCanceled", "canceling authentication due to timeout");
}

export function passwordMessageExpected(tag: number): SqlError {
  return fatal("protocolViolation", `expected password response, got message type ${String(tag)}`);
}

export function saslMessageExpected(tag: number): SqlError {
  return fatal("protocolViolation", `expected SASL response, got message type ${String(tag)}`);
}

export function wrongSaslMechanism(): SqlError {
  return fatal("protocolViolation", "client selected an invalid SASL authentication mechanism");
}

export function malformedScram(detail: string): SqlError {
  return fatal("protocolViolation", "malformed SCRAM message", { detail });
}

export function scramNonceMismatch(): SqlError {
  return fatal("protocolViolation", "invalid SCRAM response", { detail: "Nonce does not match." });
}

export function scramChannelBindingFailed(): SqlError {
  return fatal("invalidAuthorizationSpecification", "SCRAM channel binding check failed");
}

/** The client believes that the server has no channel binding: somebody between them says so. */
export function scramBindingNegotiation(): SqlError {
  return fatal("invalidAuthorizationSpecification", "SCRAM channel binding negotiation error", {
    detail:
      "The client supports SCRAM channel binding but thinks the server does not.  " +
      "However, this server does support channel binding.",
  });
}

export function unsupportedBindingType(type: string): SqlError {
  return fatal("protocolViolation", `unsupported SCRAM channel-binding type "${type}"`);
}

export function authorizationIdentityNotSupported(): SqlError {
  return fatal(
    "featureNotSupported",
    "client uses authorization identity, but it is not supported",
  );
}

export function mandatoryScramExtension(): SqlError {
  return fatal("featureNotSupported", "client requires an unsupported SCRAM extension");
}

/** Bytes came along with a request to encrypt: whoever sent them was not authenticated by TLS. */
export function unencryptedAfterRequest(): SqlError {
  return fatal("protocolViolation", "received unencrypted data after SSL request", {
    detail:
      "This could be either a client-software bug or evidence of an attempted man-in-the-middle attack.",
  });
}
