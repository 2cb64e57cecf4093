import { isLoopbackRange, parseRange, rangeOfMask } from "./address.js";
import type { AuthMethod, AuthRule, RuleAddress, RuleWord } from "./rule.js";

/** A rule file makes no sense; the message names the line. */
export class RuleFileError extends Error {
  constructor(fileName: string, line: number, problem: string) {
    super(`line ${String(line)} of "${fileName}": ${problem}`);
    this.name = "RuleFileError";
  }
}

/** A field: words that commas part. */
type Field = readonly RuleWord[];

interface Line {
  readonly number: number;
  readonly fields: readonly Field[];
}

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

/** Reads a rule file in pg_hba.conf's syntax. Throws RuleFileError at the first wrong line. */
export function parseRules(text: string, fileName: string): readonly AuthRule[] {
  return splitLines(text, fileName).map((line) => {
    try {
      return parseRule(line);
    } catch (error) {
      if (error instanceof Problem) throw new RuleFileError(fileName, line.number, error.message);
      throw error;
    }
  });
}

/** What is wrong with one line. */
class Problem extends Error {}

function splitLines(text: string, fileName: string): readonly Line[] {
  const lines: Line[] = [];
  const raw = text.split(/\r?\n/);
  for (let at = 0; at < raw.length; at++) {
    const number = at + 1;
    let whole = raw[at] ?? "";
    while (whole.endsWith("\\") && at + 1 < raw.length)
      whole = whole.slice(0, -1) + (raw[++at] ?? "");
    try {
      const fields = splitFields(whole);
      if (fields.length > 0) lines.push({ number, fields });
    } catch (error) {
      if (error instanceof Problem) throw new RuleFileError(fileName, number, error.message);
      throw error;
    }
  }
  return lines;
}

function splitFields(line: string): readonly Field[] {
  const fields: RuleWord[][] = [];
  const token = /[ \t]*(?:"([^"]*)"|([^\s",#][^\s",#]*))([ \t]*,)?|[ \t]*(#.*)?$/y;
  let continues = false;
  while (token.lastIndex < line.length) {
    const start = token.lastIndex;
    const match = token.exec(line);
    if (match === null) {
      const isOpen = (line.slice(start).match(/"/g) ?? []).length % 2 === 1;
      throw new Problem(isOpen ? "unterminated quoted word" : "unexpected comma");
    }
    const [, quoted, plain, comma] = match;
    const text = quoted ?? plain;
    if (text === undefined) break;
    const word = { text, quoted: quoted !== undefined };
    if (continues) fields.at(-1)?.push(word);
    else fields.push([word]);
    continues = comma !== undefined;
  }
  return fields;
}

function parseRule({ fields }: Line): AuthRule {
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
  const file = words.find(({ text, quoted }) => !quoted && text.startsWith("@"));
  if (file !== undefined) throw new Problem(`${what} lists in files are not supported`);
  const pattern = words.find(({ text, quoted }) => !quoted && text.startsWith("/"));
  if (pattern !== undefined) throw new Problem(`${what} patterns are not supported`);
  return words;
}

function parseAddress(text: string, rest: Field[]): RuleAddress {
  if (text === "all" || text === "samehost" || text === "samenet") return { kind: text };
  if (text.includes("/")) {
    const range = parseRange(text);
    if (range === null) throw new Problem(`invalid IP address or CIDR mask in "${text}"`);
    return { kind: "range", range };
  }
  const isAddress = /^[0-9.]+$/.test(text) || text.includes(":");
  if (!isAddress) throw new Problem(`host names are not supported: "${text}"; write an address`);
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

type BareRule = Omit<AuthRule, "clientCertificate" | "certificateName">;

function withOptions(base: BareRule, options: readonly Field[]): AuthRule {
  let clientCertificate: AuthRule["clientCertificate"] =
    base.method === "cert" ? "verify-full" : "none";
  let certificateName: AuthRule["certificateName"] = "CN";
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
      throw new Problem("user name maps are not supported");
    } else {
      throw new Problem(`unrecognized authentication option name: "${name}"`);
    }
  }
  return { ...base, clientCertificate, certificateName };
}
