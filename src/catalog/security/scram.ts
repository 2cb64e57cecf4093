import { createHash, createHmac, pbkdf2, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

const derive = promisify(pbkdf2);

/** PostgreSQL's scram_iterations. */
export const SCRAM_ITERATIONS = 4096;
export const SCRAM_SALT_BYTES = 16;
export const SCRAM_KEY_BYTES = 32;

/** What the server keeps of a password (RFC 5802): neither the password nor the client's key. */
export interface ScramVerifier {
  readonly iterations: number;
  readonly salt: Buffer;
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
}

export function scramHash(data: Uint8Array): Buffer {
  return createHash("sha256").update(data).digest();
}

export function scramHmac(key: Uint8Array, data: string | Uint8Array): Buffer {
  return createHmac("sha256", key).update(data).digest();
}

/** The verifier of a password. */
export async function makeVerifier(
  password: string,
  salt: Uint8Array,
  iterations = SCRAM_ITERATIONS,
): Promise<ScramVerifier> {
  const bytes = Buffer.from(preparedPassword(password));
  const salted = await derive(bytes, salt, iterations, SCRAM_KEY_BYTES, "sha256");
  return {
    iterations,
    salt: Buffer.from(salt),
    storedKey: scramHash(scramHmac(salted, "Client Key")),
    serverKey: scramHmac(salted, "Server Key"),
  };
}

/** As pg_authid.rolpassword has it. */
export function verifierText({ iterations, salt, storedKey, serverKey }: ScramVerifier): string {
  const keys = [storedKey, serverKey].map((key) => key.toString("base64")).join(":");
  return `SCRAM-SHA-256$${String(iterations)}:${salt.toString("base64")}$${keys}`;
}

const VERIFIER =
  /^SCRAM-SHA-256\$([1-9]\d{0,8}):([A-Za-z0-9+/]+={0,2})\$([A-Za-z0-9+/]{43}=):([A-Za-z0-9+/]{43}=)$/;

/** Null where the text is no verifier. */
export function parseVerifier(text: string): ScramVerifier | null {
  const match = VERIFIER.exec(text);
  if (match === null) return null;
  const [, iterations = "", salt = "", storedKey = "", serverKey = ""] = match;
  const bytes = (base64: string): Buffer => Buffer.from(base64, "base64");
  return {
    iterations: Number(iterations),
    salt: bytes(salt),
    storedKey: bytes(storedKey),
    serverKey: bytes(serverKey),
  };
}

/** Whether a password is the verifier's. Takes as long for a wrong one as for the right one. */
export async function passwordMatches(password: string, verifier: ScramVerifier): Promise<boolean> {
  const made = await makeVerifier(password, verifier.salt, verifier.iterations);
  return timingSafeEqual(made.serverKey, verifier.serverKey);
}

const NON_ASCII_SPACES = /[\u00A0\u1680\u2000-\u200B\u202F\u205F\u3000]/gu;
const MAPPED_TO_NOTHING =
  /[\u00AD\u034F\u1806\u180B-\u180D\u200C\u200D\u2060\uFE00-\uFE0F\uFEFF]/gu;
const PROHIBITED =
  /[\p{Cc}\p{Cn}\p{Co}\p{Cs}\u0340\u0341\u06DD\u070F\u180E\u200E\u200F\u2028-\u202E\u2061-\u2063\u206A-\u206F\uFFF9-\uFFFD\u{1D173}-\u{1D17A}\u{E0001}\u{E0020}-\u{E007F}]/u;
const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}]/u;

/** SASLprep (RFC 4013); a password that it does not allow is taken as it is, as PostgreSQL does. */
export function preparedPassword(password: string): string {
  if (/^[\x20-\x7e]*$/.test(password)) return password;
  const spaced = password.replace(NON_ASCII_SPACES, " ").replace(MAPPED_TO_NOTHING, "");
  const prepared = spaced.normalize("NFKC");
  if (prepared === "" || PROHIBITED.test(prepared)) return password;
  const characters = [...prepared];
  if (!RIGHT_TO_LEFT.test(prepared)) return prepared;
  const ends = [characters[0] ?? "", characters.at(-1) ?? ""];
  const isMixed = /\p{Script=Latin}/u.test(prepared);
  return isMixed || !ends.every((each) => RIGHT_TO_LEFT.test(each)) ? password : prepared;
}
