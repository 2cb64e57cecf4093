import { addressBytes, inRange, type AddressRange } from "./address.js";
import type { AuthRule, RuleAddress, RuleWord } from "./rule.js";

/** A client as rules see it. */
export interface RuleClient {
  readonly host: string;
  /** Its name, if it has one that leads back to the address; undefined: nobody has asked yet. */
  readonly hostName?: string | null;
  readonly encrypted: boolean;
  readonly database: string;
  readonly user: string;
}

/** What rules ask of the world. */
export interface RuleScope {
  /** Whether the user is the role or a member of it; false where either is unknown. */
  isMember(user: string, role: string): boolean;
  /** The machine's own addresses, each with its network. */
  readonly interfaces: readonly AddressRange[];
}

/** The same, where rules may ask for the client's name: it is looked up if one is reached that does. */
export async function matchRuleByName(
  rules: readonly AuthRule[],
  client: RuleClient,
  scope: RuleScope,
  hostName: () => Promise<string | null>,
): Promise<AuthRule | undefined> {
  const first = rules.findIndex(({ address }) => address.kind === "name");
  if (first < 0) return matchRule(rules, client, scope);
  const before = matchRule(rules.slice(0, first), client, scope);
  return before ?? matchRule(rules, { ...client, hostName: await hostName() }, scope);
}

/** The first rule that fits. */
export function matchRule(
  rules: readonly AuthRule[],
  client: RuleClient,
  scope: RuleScope,
): AuthRule | undefined {
  const address = addressBytes(client.host);
  return rules.find(
    (rule) =>
      fitsConnection(rule, client) &&
      address !== null &&
      fitsAddress(rule.address, address, client, scope) &&
      rule.databases.some((word) => fitsDatabase(word, client, scope)) &&
      rule.users.some((word) => fitsUser(word, client, scope)),
  );
}

function fitsConnection({ connection }: AuthRule, { encrypted }: RuleClient): boolean {
  switch (connection) {
    case "any":
      return true;
    case "ssl":
      return encrypted;
    case "nossl":
      return !encrypted;
    case "local":
    case "none":
      return false;
  }
}

function fitsAddress(
  wanted: RuleAddress,
  address: Uint8Array,
  { hostName }: RuleClient,
  { interfaces }: RuleScope,
): boolean {
  switch (wanted.kind) {
    case "all":
      return true;
    case "samehost":
      return interfaces.some(({ bytes }) => inRange(address, { bytes, prefix: bytes.length * 8 }));
    case "samenet":
      return interfaces.some((range) => inRange(address, range));
    case "range":
      return inRange(address, wanted.range);
    case "name":
      return typeof hostName === "string" && fitsName(wanted.name, hostName);
  }
}

function fitsName(wanted: string, name: string): boolean {
  const [pattern, actual] = [wanted.toLowerCase(), name.toLowerCase()];
  return pattern.startsWith(".") ? actual.endsWith(pattern) : actual === pattern;
}

function fitsDatabase(word: RuleWord, { database, user }: RuleClient, scope: RuleScope): boolean {
  if (!word.quoted) {
    if (word.text === "all") return true;
    if (word.text === "sameuser") return database === user;
    if (word.text === "samerole" || word.text === "samegroup") {
      return scope.isMember(user, database);
    }
    // Replication connections are refused before any rule.
    if (word.text === "replication") return false;
  }
  return word.text === database;
}

function fitsUser(word: RuleWord, { user }: RuleClient, scope: RuleScope): boolean {
  if (!word.quoted && word.text === "all") return true;
  if (!word.quoted && word.text.startsWith("+")) return scope.isMember(user, word.text.slice(1));
  return word.text === user;
}

/** Names of databases that rules speak of. */
export function databasesNamed(rules: readonly AuthRule[]): readonly string[] {
  const keywords = new Set(["all", "sameuser", "samerole", "samegroup", "replication"]);
  const words = rules.flatMap(({ databases }) => databases);
  return words.filter(({ text, quoted }) => quoted || !keywords.has(text)).map(({ text }) => text);
}
