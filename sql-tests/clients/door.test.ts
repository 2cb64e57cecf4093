/** What PostgreSQL's and Millrace's doors say to whom they turn away, to psql and to node-postgres. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import pg from "pg";
import { MillraceServer } from "../runner/millrace-server.js";
import { PostgresServer } from "../runner/postgres-server.js";
import { SqlConnection } from "../runner/sql-connection.js";
import { Certificates } from "./certificates.js";

/** Of which the last three are superusers'. */
const MOST_CLIENTS = 8;
const ORDINARY_CLIENTS = MOST_CLIENTS - 3;

const RULES = (superuser: string): string => `
host      all      ${superuser}   127.0.0.1/32 trust
hostssl   all      expired_server 127.0.0.1/32 scram-sha-256
hostssl   all      certified      127.0.0.1/32 cert
hostssl   all      twofold        127.0.0.1/32 scram-sha-256 clientcert=verify-full
hostssl   all      clear          127.0.0.1/32 password
host      all      rejected       127.0.0.1/32 reject
hostssl   all      all            127.0.0.1/32 scram-sha-256
`;

const ROLES = `
CREATE ROLE visitor LOGIN PASSWORD 'right';
CREATE ROLE clear LOGIN PASSWORD 'right';
CREATE ROLE twofold LOGIN PASSWORD 'right';
CREATE ROLE certified LOGIN;
CREATE ROLE outdated LOGIN PASSWORD 'right' VALID UNTIL '2000-01-01';
CREATE ROLE nobody PASSWORD 'right';
CREATE ROLE limited LOGIN PASSWORD 'right' CONNECTION LIMIT 1;
CREATE ROLE passwordless LOGIN;
`;

interface Door {
  readonly port: number;
  readonly superuser: string;
}

let folder = "";
let certificates: Certificates;
let postgres: PostgresServer;
let millrace: MillraceServer;
let doors: readonly [Door, Door];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-door-"));
  await chmod(folder, 0o755);
  certificates = await Certificates.make(folder);
  await certificates.sign("server", "localhost");
  await certificates.sign("certified", "certified");
  await certificates.sign("expired", "certified", true);
  const { certificate, key } = certificates.files("server");
  const authority = certificates.files("authority").certificate;
  const tls = {
    certificate: await certificates.text("server"),
    key: await readFile(key, "utf8"),
    clientAuthorities: await certificates.text("authority"),
  };
  postgres = await PostgresServer.start({
    tls,
    hostRules: RULES("postgres"),
    settings: { max_connections: String(MOST_CLIENTS) },
  });
  const rules = join(folder, "hba.conf");
  await writeFile(rules, RULES("millrace"));
  millrace = await MillraceServer.start({
    threads: 1,
    arguments: [
      ...["--hba-file", rules, "--tls-cert", certificate, "--tls-key", key],
      ...["--tls-client-ca", authority, "--max-connections", String(MOST_CLIENTS)],
    ],
  });
  for (const { url } of [postgres, millrace]) {
    const admin = await SqlConnection.open(url);
    if (url === postgres.url) await admin.mustRun("CREATE DATABASE millrace");
    for (const statement of ROLES.split(";")) {
      if (statement.trim() !== "") await admin.mustRun(statement);
    }
    await admin.close();
  }
  const port = ({ url }: { readonly url: string }): number => Number(new URL(url).port);
  doors = [
    { port: port(postgres), superuser: "postgres" },
    { port: port(millrace), superuser: "millrace" },
  ];
});

after(async () => {
  await postgres.stop();
  await millrace.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Who comes, and with what. */
interface Caller {
  readonly user: string;
  readonly password?: string;
  readonly database?: string;
  readonly clear?: boolean;
  readonly certificate?: string;
  readonly options?: string;
}

/** What psql says; "in" where it may come in. */
async function psql({ port }: Door, caller: Caller): Promise<string> {
  const { user, password = "", database = "millrace", clear, certificate, options } = caller;
  const files = certificates.files(certificate ?? "none");
  const words = [
    `host=localhost port=${String(port)} dbname=${database} user=${user}`,
    clear === true ? "sslmode=disable" : "sslmode=verify-full",
    `sslrootcert=${certificates.files("authority").certificate}`,
    `sslcert=${files.certificate} sslkey=${files.key}`,
  ];
  const env = { ...process.env, PGPASSWORD: password, PGOPTIONS: options ?? "" };
  const output = await new Promise<string>((resolve) => {
    execFile("psql", ["-XAtw", words.join(" "), "-c", "SELECT 'in'"], { env }, (_, out, err) => {
      resolve(out + err);
    });
  });
  return output.replaceAll(String(port), "PORT").trim();
}

async function clientFor({ port }: Door, caller: Caller): Promise<pg.Client> {
  const { user, password = "", database = "millrace", clear, certificate, options } = caller;
  const { certificate: cert, key } = certificates.files(certificate ?? "none");
  const own =
    certificate === undefined ? {} : { cert: await readFile(cert), key: await readFile(key) };
  const client = new pg.Client({
    ...{ host: "localhost", port, user, password, database },
    ssl: clear === true ? false : { ca: await certificates.text("authority"), ...own },
    ...(options === undefined ? {} : { options }),
  });
  client.on("error", () => undefined);
  return client;
}

/** All that an error tells node-postgres, but where in the server's source it was raised. */
function told(error: unknown): string {
  if (!(error instanceof pg.DatabaseError)) return (error as Error).message;
  const { severity, code, message, detail, hint, position } = error;
  return JSON.stringify({ severity, code, message, detail, hint, position });
}

/** What node-postgres hears; "in" where it may come in. */
async function nodePostgres(door: Door, caller: Caller): Promise<string> {
  const client = await clientFor(door, caller);
  try {
    await client.connect();
    await client.query("SELECT 1");
    await client.end();
    return "in";
  } catch (error) {
    return told(error);
  }
}

/** Both programs hear of both servers the same; answers it, psql's first. */
async function sameAnswer(caller: Caller): Promise<readonly [string, string]> {
  const [first, second] = doors;
  const answers = [await psql(first, caller), await nodePostgres(first, caller)] as const;
  const others = [await psql(second, caller), await nodePostgres(second, caller)] as const;
  assert.deepEqual(others, answers);
  return answers;
}

/** The same, and it is this error. */
async function refused(caller: Caller, sqlstate: string, message: string): Promise<void> {
  const [text, fields] = await sameAnswer(caller);
  assert.match(text, new RegExp(`port PORT failed: FATAL: {2}${message}`));
  assert.match(fields, new RegExp(`"code":"${sqlstate}".*${message.replaceAll('"', '\\\\"')}`));
}

test("passwords: wrong, none, outdated, of nobody", async () => {
  assert.deepEqual(await sameAnswer({ user: "visitor", password: "right" }), ["in", "in"]);
  assert.deepEqual(await sameAnswer({ user: "clear", password: "right" }), ["in", "in"]);
  for (const user of ["visitor", "clear", "passwordless", "stranger"]) {
    const message = `password authentication failed for user "${user}"`;
    await refused({ user, password: "wrong" }, "28P01", message);
  }
  const outdated = { user: "outdated", password: "right" };
  await refused(outdated, "28P01", 'password authentication failed for user "outdated"');
});

test("databases and roles that there are not, and roles that may not log in", async () => {
  const [{ superuser }] = doors;
  await refused(
    { user: "visitor", password: "right", database: "nowhere" },
    "3D000",
    'database "nowhere" does not exist',
  );
  await refused({ user: "nobody", password: "right" }, "28000", 'role "nobody" is not permitted');
  const [text] = await sameAnswer({ user: superuser, clear: true, database: "nowhere" }).catch(
    () => [""],
  );
  assert.notEqual(text, "in");
});

test("rules: none that fits, and one that rejects", async () => {
  const place = 'host "127.0.0.1", user "visitor", database "millrace", no encryption';
  const visitor = { user: "visitor", password: "right", clear: true };
  await refused(visitor, "28000", `no pg_hba.conf entry for ${place}`);
  for (const clear of [true, false]) {
    await refused({ user: "rejected", clear }, "28000", "pg_hba.conf rejects connection for host");
  }
});

test("certificates: missing, another's", async () => {
  const certified = { user: "certified", certificate: "certified" };
  assert.deepEqual(await sameAnswer(certified), ["in", "in"]);
  const needed = "connection requires a valid client certificate";
  await refused({ user: "certified" }, "28000", needed);
  await refused({ user: "twofold", password: "right" }, "28000", needed);
  const another = { user: "twofold", password: "right", certificate: "certified" };
  await refused(another, "28P01", 'password authentication failed for user "twofold"');
});

/** Node's TLS gives a server no way to refuse in the handshake: the protocol's own words must do. */
test("an expired client certificate is refused, by TLS there and by an error here", async () => {
  const caller = { user: "certified", certificate: "expired" };
  const [first, second] = doors;
  assert.match(await psql(first, caller), /SSL error: sslv3 alert certificate expired/);
  assert.match(await nodePostgres(first, caller), /alert certificate expired/);
  assert.match(
    await psql(second, caller),
    /FATAL: {2}connection requires a valid client certificate\nDETAIL: .*CERT_HAS_EXPIRED/,
  );
  assert.match(await nodePostgres(second, caller), /"code":"28000".*CERT_HAS_EXPIRED/);
});

test("settings in the startup packet", async () => {
  const visitor = { user: "visitor", password: "right" };
  for (const [options, sqlstate, message] of [
    ["-c nosuch=1", "42704", 'unrecognized configuration parameter "nosuch"'],
    ["-c statement_timeout=soon", "22023", 'invalid value for parameter "statement_timeout"'],
    ["-c port=1", "55P02", 'parameter "port" cannot be changed without restarting the server'],
    ["-c TimeZone=Nowhere", "22023", 'invalid value for parameter "TimeZone": "Nowhere"'],
    ["-X", "42601", "invalid command-line argument for server process: -X"],
  ] as const) {
    await refused({ ...visitor, options }, sqlstate, message);
  }
});

test("too many: of a role, beside the superusers' places, in all", async () => {
  const held: pg.Client[] = [];
  const hold = async (caller: Caller, count: number): Promise<void> => {
    for (const door of doors) {
      for (let i = 0; i < count; i++) {
        const user = caller.user === "" ? door.superuser : caller.user;
        const client = await clientFor(door, { ...caller, user });
        await client.connect();
        held.push(client);
      }
    }
  };
  try {
    const limited = { user: "limited", password: "right" };
    await hold(limited, 1);
    await refused(limited, "53300", 'too many connections for role "limited"');
    const visitor = { user: "visitor", password: "right" };
    await hold(visitor, ORDINARY_CLIENTS - 1);
    const reserved = "remaining connection slots are reserved for non-replication superuser";
    await refused(visitor, "53300", reserved);
    await hold({ user: "", clear: true }, MOST_CLIENTS - ORDINARY_CLIENTS);
    await refused(visitor, "53300", "sorry, too many clients already");
  } finally {
    await Promise.all(held.map((client) => client.end()));
  }
});

/** What a server answers to bytes until it closes the connection. */
async function answerTo({ port }: Door, bytes: Buffer): Promise<string> {
  const socket: Socket = connect(port, "127.0.0.1");
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  socket.on("error", () => undefined);
  await once(socket, "connect");
  socket.write(bytes);
  await once(socket, "close");
  return Buffer.concat(chunks).toString("latin1");
}

/** PostgreSQL tells its log alone what Millrace tells the client as well. */
test("oversized packets end the connection", async () => {
  const [first, second] = doors;
  const header = Buffer.alloc(8);
  header.writeInt32BE(20_000, 0);
  header.writeInt32BE(3 << 16, 4);
  assert.equal(await answerTo(first, header), "");
  assert.match(await answerTo(second, header), /C08P01\0Minvalid length of startup packet\0/);
  const caller = { user: "visitor", password: "right", options: `-c a.b=${"x".repeat(11_000)}` };
  assert.match(await psql(first, caller), /closed (the connection )?unexpectedly/);
  assert.match(await psql(second, caller), /FATAL: {2}invalid length of startup packet/);
  assert.match(await nodePostgres(first, caller), /Connection terminated unexpectedly/);
  assert.match(await nodePostgres(second, caller), /"08P01".*invalid length of startup packet/);
});

/** What a logged-in client hears after a message that claims to be so long. */
async function afterClaim(door: Door, tag: string, length: number): Promise<string> {
  const client = await clientFor(door, { user: "visitor", password: "right" });
  await client.connect();
  const { stream } = (client as unknown as { readonly connection: { readonly stream: Socket } })
    .connection;
  const header = Buffer.alloc(5);
  header.write(tag, "latin1");
  header.writeInt32BE(length, 1);
  const said: string[] = [];
  client.on("error", (error) => said.push(told(error)));
  const ended = new Promise<void>((resolve) => client.once("end", () => resolve()));
  stream.write(header);
  await ended;
  return said[0] ?? "";
}

test("oversized messages after login end the session", async () => {
  const [first, second] = doors;
  for (const [tag, length] of [
    ["Q", 0x7fffffff],
    ["S", 20_000],
    ["P", -1],
    ["Q", 3],
  ] as const) {
    assert.match(await afterClaim(first, tag, length), /Connection terminated unexpectedly/);
    const heard = await afterClaim(second, tag, length);
    assert.match(heard, /"FATAL","code":"08P01","message":"invalid message length"/, tag);
  }
});
