import { createHmac } from "node:crypto";
import {
  parseVerifier,
  passwordMatches,
  SCRAM_ITERATIONS,
  SCRAM_KEY_BYTES,
  SCRAM_SALT_BYTES,
  type ScramVerifier,
} from "../../catalog/index.js";
import type { ClientCertificate, Clock, Random, TlsFacts } from "../../env/index.js";
import {
  certificateFailed,
  certificateRequired,
  emptyPassword,
  noRuleFor,
  passwordFailed,
  passwordMessageExpected,
  rejectedByRule,
  saslMessageExpected,
  trustFailed,
  unreachable,
} from "../../errors/index.js";
import {
  decodePassword,
  decodeSaslInitial,
  FRONTEND_TAG,
  writeAuthenticationCleartext,
  writeAuthenticationSasl,
  writeSaslContinue,
  writeSaslFinal,
  type Frame,
  type MessageWriter,
} from "../codec/index.js";
import type { AccessPolicy } from "./access-policy.js";
import { matchRuleByName } from "./rules/match-rule.js";
import type { AuthMethod, AuthRule } from "./rules/rule.js";
import { ScramExchange, scramMechanisms } from "./scram-exchange.js";

const SERVER_NONCE_BYTES = 18;

/** Who wants in. */
export interface Candidate {
  readonly host: string;
  readonly user: string;
  readonly database: string;
  /** Null where the connection is not encrypted. */
  readonly tls: TlsFacts | null;
}

/** What proving oneself takes of a connection. */
export interface AuthExchange {
  readonly writer: MessageWriter;
  readonly clock: Clock;
  readonly random: Random;
  /** Sends what was written and waits for the answer; null where the client has left. */
  answer(): Promise<Frame | null>;
}

/** Resolves false where the client left; throws FATAL unless it is who it says it is. */
export async function authenticate(
  candidate: Candidate,
  policy: AccessPolicy,
  exchange: AuthExchange,
): Promise<boolean> {
  const rule = await ruleFor(candidate, policy);
  const certificate = presentedCertificate(candidate, rule);
  if (!(await prove(candidate, rule.method, policy, exchange))) return false;
  if (certificate !== null) checkOwner(certificate, candidate, rule, policy);
  return true;
}

function prove(
  candidate: Candidate,
  method: AuthMethod,
  policy: AccessPolicy,
  exchange: AuthExchange,
): Promise<boolean> {
  switch (method) {
    case "trust":
    case "cert":
      return Promise.resolve(true);
    case "reject":
      throw rejectedByRule(placeOf(candidate));
    case "scram-sha-256":
      return scram(candidate, policy, exchange);
    case "password":
      return cleartext(candidate, policy, exchange);
    default:
      return unreachable(method);
  }
}

async function ruleFor(candidate: Candidate, policy: AccessPolicy): Promise<AuthRule> {
  const { host, user, database, tls } = candidate;
  const { logins, interfaces, rules } = policy;
  const client = { host, user, database, encrypted: tls !== null };
  const isMember = (name: string, role: string): boolean => logins.isMember(name, role);
  const scope = { isMember, interfaces };
  const rule = await matchRuleByName(rules, client, scope, () => policy.hostName(host));
  if (rule === undefined) throw noRuleFor(placeOf(candidate));
  return rule;
}

function placeOf({ host, user, database, tls }: Candidate): Parameters<typeof noRuleFor>[0] {
  return { host, user, database, encrypted: tls !== null };
}

/** The one whose owner the rule asks about; null where it does not. */
function presentedCertificate({ tls }: Candidate, rule: AuthRule): ClientCertificate | null {
  const certificate = tls?.clientCertificate ?? null;
  // One that is presented must be good, whether the rule asks for it or not.
  if (certificate !== null && certificate.problem !== null) {
    throw certificateRequired(`The certificate was not accepted: ${certificate.problem}.`);
  }
  if (rule.clientCertificate === "none" || rule.method === "reject") return null;
  if (certificate === null) throw certificateRequired();
  return rule.clientCertificate === "verify-ca" ? null : certificate;
}

/** As in PostgreSQL it is the method that failed. */
function checkOwner(
  { commonName, distinguishedName }: ClientCertificate,
  { user }: Candidate,
  rule: AuthRule,
  policy: AccessPolicy,
): void {
  const name = rule.certificateName === "CN" ? commonName : distinguishedName;
  if (name !== undefined && policy.nameMaps.mayCome(rule.nameMap, name, user)) return;
  switch (rule.method) {
    case "scram-sha-256":
    case "password":
      throw passwordFailed(user);
    case "trust":
      throw trustFailed(user);
    case "cert":
    case "reject":
      throw certificateFailed(user);
    default:
      return unreachable(rule.method);
  }
}

/** The verifier to check against, and whether no answer can be right. */
function verifierFor(
  { user }: Candidate,
  { logins }: AccessPolicy,
  { clock, random }: AuthExchange,
): { readonly verifier: ScramVerifier; readonly doomed: boolean } {
  const role = logins.role(user);
  const text = role?.verifier ?? null;
  const stored = text === null ? null : parseVerifier(text);
  const until = role?.validUntilMicros ?? null;
  const outdated = until !== null && until < clock.nowMicros();
  if (stored !== null) return { verifier: stored, doomed: outdated };
  // Nobody learns from the salt whether there is such a role: it is always the same.
  const salt = createHmac("sha256", logins.mockSecret).update(user).digest();
  const verifier = {
    iterations: SCRAM_ITERATIONS,
    salt: salt.subarray(0, SCRAM_SALT_BYTES),
    storedKey: Buffer.from(random.bytes(SCRAM_KEY_BYTES)),
    serverKey: Buffer.from(random.bytes(SCRAM_KEY_BYTES)),
  };
  return { verifier, doomed: true };
}

async function scram(
  candidate: Candidate,
  policy: AccessPolicy,
  exchange: AuthExchange,
): Promise<boolean> {
  const { writer, random } = exchange;
  const endPoint = candidate.tls?.serverEndPoint ?? null;
  const { verifier, doomed } = verifierFor(candidate, policy, exchange);
  const serverNonce = Buffer.from(random.bytes(SERVER_NONCE_BYTES)).toString("base64");
  const conversation = new ScramExchange({ verifier, serverNonce, endPoint });
  writeAuthenticationSasl(writer, scramMechanisms(endPoint));
  const initial = await exchange.answer();
  if (initial === null) return false;
  if (initial.tag !== FRONTEND_TAG.password) throw saslMessageExpected(initial.tag);
  const { mechanism, data } = decodeSaslInitial(initial.body);
  // Without initial data the client waits for a challenge, which is empty.
  let first = data;
  if (first === null) {
    writeSaslContinue(writer, "");
    const next = await exchange.answer();
    if (next === null) return false;
    first = saslText(next);
  }
  writeSaslContinue(writer, conversation.first(mechanism, first));
  const answer = await exchange.answer();
  if (answer === null) return false;
  const final = conversation.last(saslText(answer));
  if (final === null || doomed) throw passwordFailed(candidate.user);
  writeSaslFinal(writer, final);
  return true;
}

function saslText({ tag, body }: Frame): string {
  if (tag !== FRONTEND_TAG.password) throw saslMessageExpected(tag);
  return Buffer.from(body).toString("utf8");
}

async function cleartext(
  candidate: Candidate,
  policy: AccessPolicy,
  exchange: AuthExchange,
): Promise<boolean> {
  const { verifier, doomed } = verifierFor(candidate, policy, exchange);
  writeAuthenticationCleartext(exchange.writer);
  const answer = await exchange.answer();
  if (answer === null) return false;
  if (answer.tag !== FRONTEND_TAG.password) throw passwordMessageExpected(answer.tag);
  const password = decodePassword(answer.body);
  if (password === "") throw emptyPassword();
  const matches = await passwordMatches(password, verifier);
  if (!matches || doomed) throw passwordFailed(candidate.user);
  return true;
}
