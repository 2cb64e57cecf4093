import type { AddressRange } from "./address.js";

/** How a client proves who it is. */
export type AuthMethod = "trust" | "reject" | "scram-sha-256" | "password" | "cert";

/** One word of a rule's database or user field. A quoted key word is a name. */
export interface RuleWord {
  readonly text: string;
  readonly quoted: boolean;
}

export type RuleAddress =
  | { readonly kind: "all" }
  | { readonly kind: "samehost" }
  | { readonly kind: "samenet" }
  | { readonly kind: "range"; readonly range: AddressRange }
  /** The client's host name; one that begins with a dot is the end of it. */
  | { readonly kind: "name"; readonly name: string };

/** One line of a rule file. The first that fits a client decides how it logs in. */
export interface AuthRule {
  /** `local` (sockets of the file system) and `none` fit nobody here. */
  readonly connection: "any" | "ssl" | "nossl" | "local" | "none";
  readonly databases: readonly RuleWord[];
  readonly users: readonly RuleWord[];
  readonly address: RuleAddress;
  readonly method: AuthMethod;
  /** What is asked of a client certificate beside the method. */
  readonly clientCertificate: "none" | "verify-ca" | "verify-full";
  /** What of the certificate must be the user's name. */
  readonly certificateName: "CN" | "DN";
  /** The map by which that name may come as the user; null: only as its own. */
  readonly nameMap: string | null;
}

const ALL: readonly RuleWord[] = [{ text: "all", quoted: false }];

function rule(
  connection: AuthRule["connection"],
  address: RuleAddress,
  method: AuthMethod,
): AuthRule {
  return {
    connection,
    databases: ALL,
    users: ALL,
    address,
    method,
    clientCertificate: "none",
    certificateName: "CN",
    nameMap: null,
  };
}

const IPV4_LOOPBACK = { bytes: Uint8Array.of(127, 0, 0, 0), prefix: 8 };
const IPV6_LOOPBACK = {
  bytes: Uint8Array.from({ length: 16 }, (_, i) => Number(i === 15)),
  prefix: 128,
};
const LOOPBACK = [IPV4_LOOPBACK, IPV6_LOOPBACK].map((range): RuleAddress => ({
  kind: "range",
  range,
}));

/** While no role has a password: the machine's own programs come in, nobody else. */
export const OPEN_RULES: readonly AuthRule[] = LOOPBACK.map((each) => rule("any", each, "trust"));

/** Once one has: everybody proves a password, and from elsewhere only over TLS. */
export const CLOSED_RULES: readonly AuthRule[] = [
  ...LOOPBACK.map((each) => rule("any", each, "scram-sha-256")),
  rule("ssl", { kind: "all" }, "scram-sha-256"),
];
