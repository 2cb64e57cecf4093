import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../runner/child-process.js";

const GOOD_DAYS = 9;
/** Ended before it began. */
const EXPIRED_DAYS = -1;

/** An authority and what it signs, as files NAME.pem and NAME.key in a folder. */
export class Certificates {
  private constructor(readonly folder: string) {}

  static async make(folder: string): Promise<Certificates> {
    const made = new Certificates(folder);
    const { certificate, key } = made.files("authority");
    await runCommand("openssl", [
      ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate],
      ...["-days", String(GOOD_DAYS), "-subj", "/CN=test authority"],
    ]);
    await writeFile(join(folder, "names"), "subjectAltName=DNS:localhost,IP:127.0.0.1");
    return made;
  }

  files(name: string): { readonly certificate: string; readonly key: string } {
    return { certificate: join(this.folder, `${name}.pem`), key: join(this.folder, `${name}.key`) };
  }

  text(name: string): Promise<string> {
    return readFile(this.files(name).certificate, "utf8");
  }

  async sign(name: string, commonName: string, expired = false): Promise<void> {
    const { certificate, key } = this.files(name);
    const authority = this.files("authority");
    const request = join(this.folder, `${name}.csr`);
    await runCommand("openssl", [
      ...["req", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", request],
      ...["-subj", `/CN=${commonName}`],
    ]);
    await runCommand("openssl", [
      ...["x509", "-req", "-in", request, "-out", certificate, "-CAcreateserial"],
      ...["-CA", authority.certificate, "-CAkey", authority.key],
      ...["-days", String(expired ? EXPIRED_DAYS : GOOD_DAYS)],
      ...["-extfile", join(this.folder, "names")],
    ]);
  }
}
