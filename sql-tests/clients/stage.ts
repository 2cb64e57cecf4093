import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeCertificate } from "../runner/certificate.js";
import { attachFixtures, linkFixtures, writeFixtures } from "../runner/fixtures.js";
import { MillraceServer } from "../runner/millrace-server.js";
import { PostgresServer } from "../runner/postgres-server.js";
import { SqlConnection } from "../runner/sql-connection.js";

const VISITOR = "visitor";
const PASSWORD = "pass word é";
const DATABASE = "millrace";

/** Who may come: the test itself, and the visitor by SCRAM over TLS alone. */
function hostRules(superuser: string): string {
  return [
    `host all ${superuser} 127.0.0.1/32 trust`,
    `hostssl all ${VISITOR} 127.0.0.1/32 scram-sha-256`,
    "",
  ].join("\n");
}

/** Environment variables by which a client program finds its server. */
export type Address = Readonly<Record<string, string>>;

/** PostgreSQL and Millrace with the same tables, role and certificate. */
export interface Stage {
  readonly postgres: Address;
  readonly millrace: Address;
  close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-clients-"));
  const undo: (() => Promise<unknown>)[] = [
    (): Promise<void> => rm(folder, { recursive: true, force: true }),
  ];
  const close = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    // PostgreSQL, run as a user of its own, reads the tables from here.
    await chmod(folder, 0o755);
    const data = join(folder, "data");
    await writeFixtures(data);
    const certificate = await makeCertificate(folder);
    const tls = {
      certificate: await readFile(certificate.certificate, "utf8"),
      key: await readFile(certificate.key, "utf8"),
    };
    const postgres = await PostgresServer.start({ tls, hostRules: hostRules("postgres") });
    undo.push(() => postgres.stop());
    await prepare(postgres.url, data, linkFixtures, [`CREATE DATABASE ${DATABASE}`]);
    const rules = join(folder, "hba.conf");
    await writeFile(rules, hostRules("millrace"));
    const { key } = certificate;
    const options = ["--hba-file", rules, "--tls-cert", certificate.certificate, "--tls-key", key];
    const millrace = await MillraceServer.start({ threads: 2, arguments: options });
    undo.push(() => millrace.stop());
    await prepare(millrace.url, data, attachFixtures, []);
    const address = (url: string): Address => addressOf(url, certificate.certificate);
    return { postgres: address(postgres.url), millrace: address(millrace.url), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Makes role and tables; in the database that the visitor will come to. */
async function prepare(
  url: string,
  data: string,
  fill: (connection: SqlConnection, folder: string) => Promise<void>,
  first: readonly string[],
): Promise<void> {
  const before = await SqlConnection.open(url);
  for (const statement of first) await before.mustRun(statement);
  await before.close();
  const connection = await SqlConnection.open(url.replace(/\/[^/]*$/, `/${DATABASE}`));
  await fill(connection, data);
  await connection.mustRun(`CREATE ROLE ${VISITOR} LOGIN PASSWORD '${PASSWORD}'`);
  await connection.mustRun(`GRANT USAGE ON SCHEMA data TO ${VISITOR}`);
  await connection.mustRun(`GRANT SELECT ON ALL TABLES IN SCHEMA data TO ${VISITOR}`);
  await connection.close();
}

function addressOf(url: string, certificate: string): Address {
  return {
    PGHOST: "localhost",
    PGPORT: new URL(url).port,
    PGUSER: VISITOR,
    PGPASSWORD: PASSWORD,
    PGDATABASE: DATABASE,
    PGSSLMODE: "verify-full",
    PGSSLROOTCERT: certificate,
  };
}
