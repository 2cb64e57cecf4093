import { addressBytes, isLoopbackRange, parseRange, rangeOfMask } from "./address.js";
import type { AuthMethod, AuthRule, RuleAddress } from "./rule.js";
import {
  joinLists,
  Problem,
  RuleFileError,
  splitLines,
  type Field,
  type ListReader,
} from "./tokens.js";

const CONNECTIONS: Readonly<Record<string, AuthRule["connection"]>> = {
  local: "local",
  host: "any",
  hostssl: "ssl",
  hostnossl: "nossl",
  hostgssenc: "none",
  hostnogssenc: "any",
};

const METHODS: Readonly<Record<string, AuthMethod>> = {
  trust: "trust",
  reject: "reject",
  "scram-sha-256": "scram-sha-256",
  // As PostgreSQL does it for passwords that are kept as SCRAM verifiers.
  md5: "scram-sha-256",
  password: "password",
  cert: "cert",
};

const OTHER_METHODS = new Set(["gss", "sspi", "ident", "peer", "pam", "bsd", "ldap", "radius"]);

/**
 * Reads a rule file in pg_hba.conf's syntax; `readList` reads the files that `@file` names. Throws
 * RuleFileError at the first wrong line.
 */
export function parseRules(
  text: string,
  fileName: string,
  readList?: ListReader,
): readonly AuthRule[] {
  return splitLines(text, fileName).map(({ number, fields }) => {
    try {
      return parseRule(joinLists(fields, fileName, readList));
    } catch (error) {
      if (error instanceof Problem) throw new RuleFileError(fileName, number, error.message);
      throw error;
    }
  });
}

function parseRule(fields: readonly Field[]): AuthRule {
  const rest = [...fields];
  const take = (what: string): Field => {
    const field = rest.shift();
    if (field === undefined) throw new Problem(`end-of-line before ${what} specification`);
    return field;
  };
  const single = (what: string): string => {
    const [word, ...more] = take(what);
    if (word === undefined || more.length > 0) {
      throw new Problem(`multiple values specified for ${what}`);
    }
    return word.text;
  };
  const type = single("connection type");
  const connection = Object.hasOwn(CONNECTIONS, type) ? CONNECTIONS[type] : undefined;
  if (connection === undefined) throw new Problem(`invalid connection type "${type}"`);
  const databases = checkNames(take("database"), "database");
  const users = checkNames(take("role"), "role");
  const address: RuleAddress =
    connection === "local" ? { kind: "all" } : parseAddress(single("IP address"), rest);
  const methodName = single("authentication method");
  const method = parseMethod(methodName, connection);
  const base = { connection, databases, users, address, method } as const;
  checkMethod(base);
  return withOptions(base, rest);
}

function checkNames(words: Field, what: string): Field {
  const pattern = words.find(({ text, quoted }) => !quoted && text.startsWith("/"));
  if (pattern !== undefined) throw new Problem(`${what} patterns are not supported`);
  return words;
}

/** With a letter somewhere: else it is an address that somebody mistyped. */
const HOST_NAME = /^(?=.*[A-Za-z])[A-Za-z0-9._-]+$/;

function parseAddress(text: string, rest: Field[]): RuleAddress {
  if (text === "all" || text === "samehost" || text === "samenet") return { kind: text };
  const slash = text.indexOf("/");
  if (slash >= 0) {
    const range = parseRange(text);
    if (range !== null) return { kind: "range", range };
    const isName = HOST_NAME.test(text.slice(0, slash));
    if (isName) throw new Problem(`specifying both host name and CIDR mask is invalid: "${text}"`);
    throw new Problem(`invalid IP address or CIDR mask in "${text}"`);
  }
  if (addressBytes(text) === null && HOST_NAME.test(text)) return { kind: "name", name: text };
  const mask = rest.shift()?.[0]?.text;
  if (mask === undefined) throw new Problem("end-of-line before netmask specification");
  const range = rangeOfMask(text, mask);
  if (range === null) throw new Problem(`invalid IP address "${text}" or mask "${mask}"`);
  return { kind: "range", range };
}

function parseMethod(name: string, connection: AuthRule["connection"]): AuthMethod {
  const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
  if (method !== undefined) return method;
  // A usual file begins with `local all all peer`, which fits nobody here.
  if (name === "peer" && connection === "local") return "reject";
  if (OTHER_METHODS.has(name)) {
    throw new Problem(`authentication method "${name}" is not supported`);
  }
  throw new Problem(`invalid authentication method "${name}"`);
}

function checkMethod({
  connection,
  address,
  method,
}: Pick<AuthRule, "connection" | "address" | "method">): void {
  if (connection === "local" || connection === "none") return;
  if (method === "cert" && connection !== "ssl") {
    throw new Problem("cert authentication is only supported on hostssl connections");
  }
  if (method === "password" && connection !== "ssl") {
    throw new Problem("password authentication is only supported on hostssl connections");
  }
  if (method === "trust") {
    const isOwn =
      address.kind === "range" ? isLoopbackRange(address.range) : address.kind === "samehost";
    if (!isOwn) throw new Problem("trust authentication is only supported for loopback addresses");
  }
}

type BareRule = Omit<AuthRule, "clientCertificate" | "certificateName" | "nameMap">;

function withOptions(base: BareRule, options: readonly Field[]): AuthRule {
  let clientCertificate: AuthRule["clientCertificate"] =
    base.method === "cert" ? "verify-full" : "none";
  let certificateName: AuthRule["certificateName"] = "CN";
  let nameMap: string | null = null;
  for (const word of options.flat()) {
    const equals = word.text.indexOf("=");
    if (equals < 0)
      throw new Problem(`authentication option not in name=value format: ${word.text}`);
    const [name, value] = [word.text.slice(0, equals), word.text.slice(equals + 1)];
    if (name === "clientcert") {
      if (base.connection !== "ssl") {
        throw new Problem('clientcert can only be configured for "hostssl" rows');
      }
      if (value !== "verify-ca" && value !== "verify-full") {
        throw new Problem(`invalid value for clientcert: "${value}"`);
      }
      if (base.method === "cert" && value === "verify-ca") {
        throw new Problem('clientcert only accepts "verify-full" when using "cert" authentication');
      }
      clientCertificate = value;
    } else if (name === "clientname") {
      if (value !== "CN" && value !== "DN") {
        throw new Problem(`invalid value for clientname: "${value}"`);
      }
      certificateName = value;
    } else if (name === "map") {
      if (base.method !== "cert") {
        throw new Problem(
          'authentication option "map" is only valid for authentication methods ident, peer, ' +
            "gssapi, sspi, and cert",
        );
      }
      nameMap = value;
    } else {
      throw new Problem(`unrecognized authentication option name: "${name}"`);
    }
  }
  return { ...base, clientCertificate, certificateName, nameMap };
}
