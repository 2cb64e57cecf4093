import { timingSafeEqual } from "node:crypto";
import { scramHash, scramHmac, type ScramVerifier } from "../../catalog/index.js";
import {
  authorizationIdentityNotSupported,
  malformedScram,
  mandatoryScramExtension,
  scramBindingNegotiation,
  scramChannelBindingFailed,
  scramNonceMismatch,
  unsupportedBindingType,
  wrongSaslMechanism,
} from "../../errors/index.js";

export const SCRAM = "SCRAM-SHA-256";
export const SCRAM_PLUS = "SCRAM-SHA-256-PLUS";

const BINDING_TYPE = "tls-server-end-point";
const NONCE = /^[\x21-\x2b\x2d-\x7e]+$/;
const PROOF_BYTES = 32;

export interface ScramServer {
  readonly verifier: ScramVerifier;
  /** Printable and without commas. */
  readonly serverNonce: string;
  /** The hash of the server's certificate; null where channels are not bound. */
  readonly endPoint: Uint8Array | null;
}

/** The mechanisms to offer, the strongest first. */
export function scramMechanisms(endPoint: Uint8Array | null): readonly string[] {
  return endPoint === null ? [SCRAM] : [SCRAM_PLUS, SCRAM];
}

interface Gs2Header {
  readonly flag: "n" | "y" | "p";
  /** With the commas behind it. */
  readonly text: string;
  readonly rest: string;
}

/** The server's side of one SCRAM login (RFC 5802, 7677): pure, two messages each way. */
export class ScramExchange {
  private header: Gs2Header | null = null;
  private clientFirstBare = "";
  private serverFirst = "";
  private nonce = "";

  constructor(private readonly server: ScramServer) {}

  /** Answers server-first-message. Throws FATAL where the message breaks the protocol. */
  first(mechanism: string, message: string): string {
    const { endPoint, serverNonce, verifier } = this.server;
    if (!scramMechanisms(endPoint).includes(mechanism)) throw wrongSaslMechanism();
    const header = this.readHeader(message, mechanism === SCRAM_PLUS);
    this.header = header;
    this.clientFirstBare = header.rest;
    if (header.rest.startsWith("m=")) throw mandatoryScramExtension();
    const [user = "", nonce = ""] = header.rest.split(",");
    if (!user.startsWith("n=")) throw attributeExpected("n", user);
    if (!nonce.startsWith("r=")) throw attributeExpected("r", nonce);
    const clientNonce = nonce.slice(2);
    if (!NONCE.test(clientNonce)) throw malformedScram("Non-printable characters in SCRAM nonce.");
    this.nonce = `${clientNonce}${serverNonce}`;
    const salt = verifier.salt.toString("base64");
    this.serverFirst = `r=${this.nonce},s=${salt},i=${String(verifier.iterations)}`;
    return this.serverFirst;
  }

  /** Answers server-final-message, or null where the password is wrong. */
  last(message: string): string | null {
    const { header } = this;
    const match = /^(c=([^,]*),r=([^,]*)(?:,(?!p=)[^,]*)*),p=([^,]*)$/.exec(message);
    if (header === null || match === null) throw malformedScram("Malformed client-final-message.");
    const [, withoutProof = "", binding = "", nonce = "", proofText = ""] = match;
    this.checkBinding(header, binding);
    if (nonce !== this.nonce) throw scramNonceMismatch();
    const proof = Buffer.from(proofText, "base64");
    if (proof.length !== PROOF_BYTES || proof.toString("base64") !== proofText) {
      throw malformedScram("Malformed proof in client-final-message.");
    }
    const { storedKey, serverKey } = this.server.verifier;
    const authMessage = `${this.clientFirstBare},${this.serverFirst},${withoutProof}`;
    const signature = scramHmac(storedKey, authMessage);
    const clientKey = proof.map((byte, index) => byte ^ (signature[index] ?? 0));
    if (!timingSafeEqual(scramHash(clientKey), storedKey)) return null;
    return `v=${scramHmac(serverKey, authMessage).toString("base64")}`;
  }

  private readHeader(message: string, isPlus: boolean): Gs2Header {
    const match = /^(?:(n|y)|p=([^,]*)),([^,]*),([^]*)$/.exec(message);
    if (match === null) throw malformedScram("Unexpected channel-binding flag.");
    const [, plain, bindingType = "", identity = "", rest = ""] = match;
    const text = message.slice(0, message.length - rest.length);
    if (plain === undefined) {
      if (!isPlus) {
        throw malformedScram(
          "The client selected SCRAM-SHA-256 without channel binding, " +
            "but the SCRAM message includes channel binding data.",
        );
      }
      if (bindingType !== BINDING_TYPE) throw unsupportedBindingType(bindingType);
    } else if (isPlus) {
      throw malformedScram(
        "The client selected SCRAM-SHA-256-PLUS, " +
          "but the SCRAM message does not include channel binding data.",
      );
    } else if (plain === "y" && this.server.endPoint !== null) {
      throw scramBindingNegotiation();
    }
    if (identity !== "") throw authorizationIdentityNotSupported();
    return { flag: plain === undefined ? "p" : (plain as "n" | "y"), text, rest };
  }

  private checkBinding({ flag, text }: Gs2Header, binding: string): void {
    const { endPoint } = this.server;
    const data = flag === "p" && endPoint !== null ? endPoint : new Uint8Array(0);
    const expected = Buffer.concat([Buffer.from(text), data]).toString("base64");
    if (binding === expected) return;
    if (flag === "p") throw scramChannelBindingFailed();
    throw malformedScram("Unexpected channel-binding attribute in client-final-message.");
  }
}

function attributeExpected(attribute: string, found: string): Error {
  const character = found.slice(0, 1);
  return malformedScram(`Expected attribute "${attribute}" but found "${character}".`);
}
