import { createHash, X509Certificate } from "node:crypto";

/** Signature algorithms by their OID's bytes, and the hash that stands for each. */
const HASHES: Readonly<Record<string, string>> = {
  "2a864886f70d010104": "sha256", // MD5 with RSA: too weak, so SHA-256 as RFC 5929 says
  "2a864886f70d010105": "sha256", // SHA-1 with RSA, likewise
  "2a864886f70d01010e": "sha224",
  "2a864886f70d01010b": "sha256",
  "2a864886f70d01010c": "sha384",
  "2a864886f70d01010d": "sha512",
  "2a8648ce3d0401": "sha256",
  "2a8648ce3d040301": "sha224",
  "2a8648ce3d040302": "sha256",
  "2a8648ce3d040303": "sha384",
  "2a8648ce3d040304": "sha512",
};

/** One element of DER at `at`: where its content begins and ends. */
function element(der: Uint8Array, at: number): { readonly start: number; readonly end: number } {
  const first = der[at + 1] ?? 0;
  if (first < 0x80) return { start: at + 2, end: at + 2 + first };
  let length = 0;
  const count = first & 0x7f;
  for (let i = 0; i < count; i++) length = length * 256 + (der[at + 2 + i] ?? 0);
  const start = at + 2 + count;
  return { start, end: start + length };
}

/**
 * The channel binding tls-server-end-point of a certificate (PEM, its own first): its hash by the
 * hash of its signature. Null where the signature has none of its own (Ed25519, RSA-PSS).
 */
export function endPointHash(certificate: string): Uint8Array | null {
  const der = new X509Certificate(certificate).raw;
  // Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm SEQUENCE { OID, … }, signature }
  const toBeSigned = element(der, element(der, 0).start);
  const algorithm = element(der, toBeSigned.end);
  const identifier = element(der, algorithm.start);
  const oid = der.subarray(identifier.start, identifier.end).toString("hex");
  const hash = HASHES[oid];
  return hash === undefined ? null : createHash(hash).update(der).digest();
}
