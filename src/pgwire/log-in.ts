import {
  connectDenied,
  databaseMissing,
  loginNotPermitted,
  loginRoleMissing,
  SqlError,
} from "../errors/index.js";
import { authenticate, type AuthExchange, type Candidate } from "./auth/authenticate.js";
import type { AccessPolicy } from "./auth/access-policy.js";
import type { LoginThrottle } from "./auth/login-throttle.js";
import type { LoginRole } from "./auth/logins.js";
import { writeAuthenticationOk } from "./codec/index.js";
import type { Log } from "../env/index.js";

/** What logging in needs of its connection. */
export interface LoginHost extends AuthExchange {
  readonly policy: AccessPolicy;
  readonly throttle: LoginThrottle;
  readonly log: Log;
  /** Throws FATAL where the role has as many sessions as it may. */
  admitRole(role: LoginRole | null, name: string): void;
}

/** Who logged in. */
export interface LoggedIn {
  /** Null for a guest: the server is open and has no role of that name. */
  readonly role: LoginRole | null;
  readonly guest: boolean;
}

/** Null where the client left; throws FATAL unless it may come in, checked in PostgreSQL's order. */
export async function logIn(candidate: Candidate, host: LoginHost): Promise<LoggedIn | null> {
  const { policy } = host;
  const { user, database } = candidate;
  if (!(await proveIdentity(candidate, host))) return null;
  // Before what else may be wrong: libpq tries again where a setting is refused after it.
  writeAuthenticationOk(host.writer);
  const role = policy.logins.role(user) ?? null;
  const guest = role === null && policy.isOpen;
  if (role === null && !guest) throw loginRoleMissing(user);
  if (role !== null && !role.login) throw loginNotPermitted(user);
  host.admitRole(role, user);
  if (!policy.hasDatabase(database)) throw databaseMissing(database);
  if (role !== null && !policy.logins.mayConnect(role.oid)) throw connectDenied(database);
  return { role, guest };
}

/** Whoever failed before waits first, and learns of the next failure late. */
async function proveIdentity(candidate: Candidate, host: LoginHost): Promise<boolean> {
  const { throttle, policy, log } = host;
  const { user, host: address } = candidate;
  await throttle.wait(address, user);
  try {
    const proven = await authenticate(candidate, policy, host);
    if (proven) throttle.succeeded(address, user);
    return proven;
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    log.info("a login failed", { user, address, sqlstate: error.sqlstate, reason: error.message });
    if (error.sqlstate === "28P01") {
      throttle.failed(address, user);
      await throttle.wait(address, user);
    }
    throw error;
  }
}
