/** Logging in over real sockets: psql and node-postgres, TLS, certificates, rules, roles. */
import assert from "node:assert/strict";
import { execFile, execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { connect as tcpConnect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as tlsConnect } from "node:tls";
import { promisify } from "node:util";
import { serialize } from "pg-protocol";
import pg from "pg";
import type { AccessOptions } from "../command-line/index.js";
import { RecordingLog } from "../testing/recording-log.js";
import { brief, WireClient } from "../testing/wire-client.js";
import { thisMachine } from "./machine.js";
import { openRooms } from "./open-rooms.js";
import { startServer, type RunningServer } from "./server.js";

const PSQL = { skip: spawnSync("psql", ["--version"]).status !== 0 };

let folder = "";
let server: RunningServer;
const log = new RecordingLog();
const inFolder = (name: string): string => join(folder, name);

function openssl(...args: readonly string[]): void {
  execFileSync("openssl", [...args], { cwd: folder, stdio: "ignore" });
}

/** Makes NAME.key and NAME.pem, signed by the test's authority. */
function certificate(name: string, subject: string, days: number): void {
  openssl(
    "req",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-keyout",
    `${name}.key`,
    "-out",
    "csr",
    "-subj",
    subject,
  );
  const signing = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "san"];
  openssl("x509", "-req", "-in", "csr", ...signing, "-days", String(days), "-out", `${name}.pem`);
}

const RULES = `
hostssl all certified all cert
hostssl all mapped    all cert map=people
host    all @names    localhost reject
hostssl all clear     all password
host    all rejected  all reject
host    all trusted   127.0.0.1/32 trust
hostnossl all tlsonly all reject
host    elsewhere all   all scram-sha-256
host    all all       all scram-sha-256
`;

function access(): AccessOptions {
  const tls = {
    certificate: inFolder("server.pem"),
    key: inFolder("server.key"),
    clientAuthorities: inFolder("ca.pem"),
  };
  return { ruleFile: inFolder("rules"), identFile: inFolder("ident"), tls };
}

async function start(options?: AccessOptions): Promise<void> {
  const serve = {
    listen: { host: "127.0.0.1", port: 0 },
    dataDirectory: inFolder("data"),
    threads: 1,
    hostMemoryBytes: 2 ** 30,
    sample: false,
    ...(options === undefined ? {} : { access: options }),
  };
  server = await startServer(serve, { ...thisMachine(), log }, openRooms);
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-security-"));
  openssl(
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
    "-days",
    "9",
    "-subj",
    "/CN=test authority",
  );
  writeFileSync(inFolder("san"), "subjectAltName=DNS:localhost,IP:127.0.0.1");
  writeFileSync(inFolder("names"), "listed, 'x' # and\nalsolisted");
  certificate("server", "/CN=localhost", 9);
  certificate("certified", "/CN=certified", 9);
  certificate("expired", "/CN=certified", -1);
  execFileSync("chmod", ["600", inFolder("certified.key"), inFolder("expired.key")]);
  writeFileSync(inFolder("rules"), RULES);
  writeFileSync(inFolder("ident"), "people /^cert(.*)$ \\1\npeople certified mapped\n");
  await start();
  const admin = await client({ user: "anybody", database: "anything" });
  await admin.query("CREATE ROLE alice LOGIN PASSWORD 'open sesame'");
  await admin.end();
});

after(async () => {
  await server.stop(500);
  await rm(folder, { recursive: true, force: true });
});

async function client(given: pg.ClientConfig): Promise<pg.Client> {
  const made = new pg.Client({
    host: "127.0.0.1",
    port: server.address.port,
    database: "millrace",
    ...given,
  });
  made.on("error", () => undefined);
  await made.connect();
  return made;
}

async function refusal(given: pg.ClientConfig): Promise<string> {
  try {
    const made = await client(given);
    await made.end();
  } catch (error) {
    const { code, message } = error as { readonly code: string; readonly message: string };
    return `${code} ${message}`;
  }
  return "no refusal";
}

const ALICE = { user: "alice", password: "open sesame" };

async function psql(connection: string, sql: string, password = ""): Promise<string> {
  const place = `host=127.0.0.1 port=${String(server.address.port)} dbname=millrace ${connection}`;
  const env = { ...process.env, PGPASSWORD: password, PGCONNECT_TIMEOUT: "10" };
  try {
    const run = promisify(execFile);
    const { stdout } = await run("psql", ["-XAt", place, "-c", sql], { env });
    return stdout.trim();
  } catch (error) {
    return (error as { readonly stderr: string }).stderr.replace(/^.*failed: /, "").trim();
  }
}

test("once a role has a password, everybody needs one, and nobody learns who there is", async () => {
  assert.equal(await refusal(ALICE), "no refusal");
  for (const user of ["alice", "nobody", "millrace", "anybody"]) {
    assert.equal(
      await refusal({ user, password: "wrong" }),
      `28P01 password authentication failed for user "${user}"`,
    );
  }
  assert.equal(
    await refusal({ ...ALICE, database: "nodb" }),
    '3D000 database "nodb" does not exist',
  );
});

test("roles survive a restart, and rules of a file decide", async () => {
  await server.stop(500);
  await start(access());
  assert.equal(await refusal(ALICE), "no refusal");
  const place = 'host "127.0.0.1", user "rejected", database "millrace", no encryption';
  assert.equal(
    await refusal({ user: "rejected" }),
    `28000 pg_hba.conf rejects connection for ${place}`,
  );
  for (const user of ["listed", "alsolisted"]) {
    assert.match(await refusal({ user }), /^28000 pg_hba.conf rejects connection for host/);
  }
  assert.equal(await refusal({ user: "trusted" }), '28000 role "trusted" does not exist');
  assert.match(
    await refusal({ user: "clear", password: "x" }),
    /^28P01 password authentication failed for user "clear"$/,
  );
});

test("psql: SCRAM over TLS, bound to the channel, certificates verified", PSQL, async () => {
  const ca = `sslrootcert=${inFolder("ca.pem")}`;
  const whoami = "select current_user, current_setting('ssl')";
  for (const mode of [
    "sslmode=disable channel_binding=disable",
    "sslmode=require channel_binding=require",
    `sslmode=verify-full channel_binding=require ${ca}`,
  ]) {
    assert.equal(await psql(`user=alice ${mode}`, whoami, "open sesame"), "alice|on", mode);
  }
  assert.equal(
    await psql("user=alice sslmode=require", "select 1", "wrong"),
    'FATAL:  password authentication failed for user "alice"',
  );
  assert.equal(
    await psql("user=alice sslmode=require dbname=nodb", "select 1", "open sesame"),
    'FATAL:  database "nodb" does not exist',
  );
  const admin = await superuser();
  await admin.query("CREATE ROLE clear LOGIN PASSWORD 'in the clear'");
  await admin.query("CREATE ROLE certified LOGIN");
  await admin.query("CREATE ROLE mapped LOGIN");
  await admin.end();
  assert.equal(await psql("user=clear sslmode=require", whoami, "in the clear"), "clear|on");
  const key = (name: string): string =>
    `user=certified sslmode=require sslcert=${inFolder(`${name}.pem`)} sslkey=${inFolder(`${name}.key`)}`;
  assert.equal(await psql(key("certified"), whoami), "certified|on");
  const seen = `select ssl, version, cipher like 'TLS_%', bits >= 128, client_dn
    from pg_stat_ssl where pid = pg_backend_pid()`;
  assert.equal(await psql(key("certified"), seen), "t|TLSv1.3|t|t|/CN=certified");
  const mapped = key("certified").replace("user=certified", "user=mapped");
  assert.equal(await psql(mapped, whoami), "mapped|on");
  assert.match(
    await psql(key("expired"), whoami),
    /^FATAL: {2}connection requires a valid client certificate\nDETAIL: .*CERT_HAS_EXPIRED/,
  );
  assert.equal(
    await psql("user=certified sslmode=require sslcert=/none", whoami),
    "FATAL:  connection requires a valid client certificate",
  );
  assert.equal(
    await psql(key("certified").replace("user=certified", "user=clear"), "select 1", "no"),
    'FATAL:  password authentication failed for user "clear"',
  );
});

/** Alice, made a superuser by a server without rules and roles' passwords to mind. */
async function superuser(): Promise<pg.Client> {
  const made = await client(ALICE);
  const { rows } = await made.query<{ readonly is_superuser: string }>("show is_superuser");
  if (rows[0]?.is_superuser === "on") return made;
  await made.end();
  writeFileSync(inFolder("rules"), `host all millrace 127.0.0.1/32 trust\n${RULES}`);
  server.reload();
  const boot = await client({ user: "millrace" });
  await boot.query("ALTER ROLE alice SUPERUSER");
  await boot.end();
  writeFileSync(inFolder("rules"), RULES);
  server.reload();
  assert.match(await refusal({ user: "millrace" }), /SASL|28P01/);
  return client(ALICE);
}

test("a rule file that is broken changes nothing but the log", async () => {
  writeFileSync(inFolder("rules"), "host all all all trust\n");
  server.reload();
  assert.equal(await refusal(ALICE), "no refusal");
  assert.match(JSON.stringify(log.entries), /line 1 of .*trust authentication is only supported/);
  writeFileSync(inFolder("rules"), RULES);
  await assert.rejects(
    startServer(
      {
        listen: { host: "127.0.0.1", port: 0 },
        dataDirectory: inFolder("other"),
        threads: 1,
        hostMemoryBytes: 2 ** 30,
        sample: false,
        access: { ruleFile: inFolder("missing"), identFile: null, tls: null },
      },
      thisMachine(),
      openRooms,
    ),
    /^Error: cannot read ".*missing"/,
  );
});

test("TLS at once needs the protocol's name; bytes before TLS are refused", async () => {
  const { port } = server.address;
  const direct = async (protocols: string[]): Promise<string> =>
    new Promise((resolve) => {
      const options = { host: "127.0.0.1", port, rejectUnauthorized: false };
      const socket = tlsConnect({ ...options, ALPNProtocols: protocols });
      socket.on("secureConnect", () => {
        socket.write(serialize.startup({ user: "alice", database: "millrace" }));
      });
      socket.on("data", (bytes) => {
        resolve(bytes.toString("latin1", 0, 1));
        socket.destroy();
      });
      socket.on("error", (error) => resolve(error.message));
      socket.on("close", () => resolve("closed"));
    });
  assert.equal(await direct(["postgresql"]), "R");
  assert.equal(await direct([]), "closed");
  assert.match(await direct(["h2"]), /alert|closed|ECONNRESET|disconnected/i);
  const stuffed = await WireClient.open(port);
  stuffed.send(serialize.requestSsl(), Buffer.from("x"));
  assert.deepEqual((await stuffed.untilClosed()).map(brief), [
    "E FATAL 08P01 received unencrypted data after SSL request",
  ]);
});

test("nobody who leaves amid a handshake is waited for, nor by a server that stops", async () => {
  const shaking = await WireClient.open(server.address.port);
  shaking.send(serialize.requestSsl());
  assert.equal(await shaking.byte(), "S");
  const startedMs = performance.now();
  shaking.socket.end();
  await shaking.untilClosed();
  assert.ok(performance.now() - startedMs < 10_000, "it waited for the login's time to be over");
  const silent = await WireClient.open(server.address.port);
  silent.send(serialize.requestSsl());
  assert.equal(await silent.byte(), "S");
  await server.stop(60_000);
  await silent.untilClosed();
  await start(access());
});

test("certificates are replaced under running connections", async () => {
  const tls = { ssl: { rejectUnauthorized: false } };
  const before = await client({ ...ALICE, ...tls });
  const subjectNow = async (): Promise<string> => {
    const made = await client({ ...ALICE, ...tls });
    const { stream } = (made as unknown as { readonly connection: { readonly stream: unknown } })
      .connection as { readonly stream: { getPeerCertificate(): { subject: { CN: string } } } };
    const { CN } = stream.getPeerCertificate().subject;
    await made.end();
    return CN;
  };
  assert.equal(await subjectNow(), "localhost");
  const saved = ["server.pem", "server.key"].map((name) => readFileSync(inFolder(name)));
  certificate("server", "/CN=renewed", 9);
  for (let tries = 0; tries < 60 && (await subjectNow()) !== "renewed"; tries++) await sleep(100);
  assert.equal(await subjectNow(), "renewed", "by itself, within seconds");
  assert.equal((await before.query("select 1 as one")).rows[0].one, 1);
  await before.end();
  writeFileSync(inFolder("server.pem"), "broken");
  server.reload();
  assert.equal(await subjectNow(), "renewed", "what is broken is not taken");
  const [pem, key] = saved;
  writeFileSync(inFolder("server.pem"), pem ?? "");
  writeFileSync(inFolder("server.key"), key ?? "");
  server.reload();
  assert.equal(await subjectNow(), "localhost");
});

test("too many connections of a role, no login, outdated passwords", async () => {
  const admin = await superuser();
  await admin.query("CREATE ROLE few LOGIN PASSWORD 'few' CONNECTION LIMIT 1");
  await admin.query("CREATE ROLE late LOGIN PASSWORD 'late' VALID UNTIL '2001-01-01'");
  await admin.query("CREATE ROLE group_only PASSWORD 'group'");
  const first = await client({ user: "few", password: "few" });
  const few = { user: "few", password: "few" };
  assert.equal(await refusal(few), '53300 too many connections for role "few"');
  await first.end();
  for (let tries = 0; tries < 100 && (await refusal(few)) !== "no refusal"; tries++)
    await sleep(10);
  assert.equal(await refusal(few), "no refusal");
  assert.equal(
    await refusal({ user: "late", password: "late" }),
    '28P01 password authentication failed for user "late"',
  );
  assert.equal(
    await refusal({ user: "group_only", password: "group" }),
    '28000 role "group_only" is not permitted to log in',
  );
  await admin.query("ALTER ROLE few SET statement_timeout = '7s'");
  const set = await client(few);
  assert.equal((await set.query("show statement_timeout")).rows[0].statement_timeout, "7s");
  await set.end();
  await admin.end();
});

test("sessions start with what was set for all, their database, their role and both", async () => {
  const set = { user: "set", password: "set" };
  const other = { user: "unset", password: "unset" };
  const admin = await superuser();
  await admin.query(
    "CREATE ROLE set LOGIN PASSWORD 'set'; CREATE ROLE unset LOGIN PASSWORD 'unset'",
  );
  const shown = async (who: pg.ClientConfig, name: string): Promise<unknown> => {
    const fresh = await client(who);
    const { rows } = await fresh.query<unknown[]>({ text: `SHOW ${name}`, rowMode: "array" });
    await fresh.end();
    return rows[0]?.[0];
  };
  const scopes = ["ROLE ALL", "DATABASE millrace", "ROLE set", "ROLE set IN DATABASE millrace"];
  for (const [index, scope] of scopes.entries()) {
    await admin.query(`ALTER ${scope} SET lock_timeout = ${String(index + 1)}`);
    assert.equal(await shown(set, "lock_timeout"), `${String(index + 1)}ms`);
  }
  assert.equal(await shown({ ...set, database: "elsewhere" }, "lock_timeout"), "3ms");
  assert.equal(await shown({ ...other, database: "elsewhere" }, "lock_timeout"), "1ms");
  assert.equal(await shown(other, "lock_timeout"), "2ms");
  assert.equal(await shown({ ...set, options: "-c lock_timeout=9" }, "lock_timeout"), "9ms");
  for (const scope of scopes) await admin.query(`ALTER ${scope} RESET lock_timeout`);
  assert.equal(await shown(set, "lock_timeout"), "0");
  await admin.end();
});

test("oversized messages end the connection before and after login", async () => {
  const { port } = server.address;
  const unknown = await WireClient.open(port);
  unknown.send(Buffer.from([0, 0, 0x27, 0x11, 0, 3, 0, 0]));
  assert.match((await unknown.untilClosed()).map(brief).join(), /^E FATAL 08P01 invalid length/);
  const proving = await WireClient.open(port);
  proving.send(serialize.startup({ user: "alice", database: "millrace" }));
  assert.equal((await proving.next())?.tag, "R");
  proving.send(Buffer.from([0x70, 0, 1, 0, 0]));
  assert.match((await proving.untilClosed()).map(brief).join(), /^E FATAL 08P01 invalid message/);
});

test("no password is in the log", () => {
  const text = JSON.stringify(log.entries);
  assert.match(text, /a login failed/);
  for (const secret of ["open sesame", "in the clear", "SCRAM-SHA-256$"]) {
    assert.ok(!text.includes(secret), secret);
  }
});

test("a client that does not speak gets nothing", async () => {
  const socket = tcpConnect({ host: "127.0.0.1", port: server.address.port });
  socket.write(Buffer.from([0x16, 3, 1, 0, 5, 1, 2, 3, 4, 5]));
  await new Promise((resolve) =>
    socket
      .once("close", resolve)
      .on("error", () => undefined)
      .resume(),
  );
});
