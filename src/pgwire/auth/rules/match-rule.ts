import { addressBytes, inRange, type AddressRange } from "./address.js";
import type { AuthRule, RuleAddress, RuleWord } from "./rule.js";

/** A client as rules see it. */
export interface RuleClient {
  readonly host: string;
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
      fitsAddress(rule.address, address, scope) &&
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

function fitsAddress(wanted: RuleAddress, address: Uint8Array, { interfaces }: RuleScope): boolean {
  switch (wanted.kind) {
    case "all":
      return true;
    case "samehost":
      return interfaces.some(({ bytes }) => inRange(address, { bytes, prefix: bytes.length * 8 }));
    case "samenet":
      return interfaces.some((range) => inRange(address, range));
    case "range":
      return inRange(address, wanted.range);
  }
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
