import { join } from "node:path";
import { runCommand } from "./child-process.js";

const CERTIFICATE_DAYS = "30";

export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate for localhost that vouches for itself. */
export async function makeCertificate(folder: string): Promise<CertificateFiles> {
  const certificate = join(folder, "server.crt");
  const key = join(folder, "server.key");
  await runCommand("openssl", [
    ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", CERTIFICATE_DAYS],
    ...["-keyout", key, "-out", certificate, "-subj", "/CN=localhost"],
    ...["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
  ]);
  return { certificate, key };
}
