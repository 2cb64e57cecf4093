import assert from "node:assert/strict";
import { test } from "node:test";
import { HELP, parseArguments } from "./arguments.js";
import { UsageError } from "./usage-error.js";
import { reportedVersion } from "./version.js";

const DEFAULTS = {
  listen: { host: "127.0.0.1", port: 5433 },
  dataDirectory: "./millrace-data",
  threads: null,
  hostMemoryBytes: null,
  sample: true,
};

test("defaults, with and without the command's name", () => {
  assert.deepEqual(parseArguments([]), { kind: "serve", options: DEFAULTS });
  assert.deepEqual(parseArguments(["serve"]), { kind: "serve", options: DEFAULTS });
});

test("all options, in both spellings", () => {
  const args =
    "serve --listen [::1]:0 --data-dir /d --threads=2 --host-memory 1.5GB --no-sample --server-version 15.1";
  assert.deepEqual(parseArguments(args.split(" ")), {
    kind: "serve",
    options: {
      listen: { host: "::1", port: 0 },
      dataDirectory: "/d",
      threads: 2,
      hostMemoryBytes: 1.5 * 2 ** 30,
      serverVersion: "15.1",
      sample: false,
    },
  });
  assert.deepEqual(parseArguments(["--help", "--threads", "2"]), { kind: "help" });
  assert.deepEqual(parseArguments(["--version"]), { kind: "version" });
});

test("where definitions are kept", () => {
  const url = "postgres://u:secret@h/d";
  assert.deepEqual(parseArguments(["--catalog", url]), {
    kind: "serve",
    options: { ...DEFAULTS, catalogUrl: url },
  });
  for (const wrong of ["mysql://u:secret@h/d", "u:secret@h"]) {
    assert.throws(
      () => parseArguments(["--catalog", wrong]),
      (error: unknown) => error instanceof UsageError && !error.message.includes("secret"),
    );
  }
});

test("a PostgreSQL for the system catalog, by host or by socket", () => {
  for (const systemCatalogUrl of [
    "postgres://keeper:secret@db.example:5433/mirror",
    "postgresql:///mirror?host=/run/postgresql&user=keeper",
  ]) {
    assert.deepEqual(parseArguments(["--system-catalog", systemCatalogUrl]), {
      kind: "serve",
      options: { ...DEFAULTS, systemCatalogUrl },
    });
  }
  assert.throws(
    () => parseArguments(["--system-catalog", "keeper:secret@db"]),
    (error: unknown) => error instanceof UsageError && !error.message.includes("secret"),
  );
});

test("the version told is the catalog's own where psql browses it", () => {
  const told = ["15.18", "16.9", "17.5", "18.4"].map(reportedVersion);
  assert.deepEqual(told, ["15.18", "16.9", "14.20", "14.20"]);
});

test("files that say who may connect", () => {
  const args =
    "--hba-file h --ident-file i --tls-cert c --tls-key k --tls-client-ca a --listen 0.0.0.0:1";
  assert.deepEqual(parseArguments(args.split(" ")), {
    kind: "serve",
    options: {
      ...DEFAULTS,
      listen: { host: "0.0.0.0", port: 1 },
      access: {
        ruleFile: "h",
        identFile: "i",
        tls: { certificate: "c", key: "k", clientAuthorities: "a" },
      },
    },
  });
});

test("how many clients at a time", () => {
  assert.deepEqual(parseArguments(["--max-connections", "4"]), {
    kind: "serve",
    options: { ...DEFAULTS, maxConnections: 4 },
  });
});

test("the help names every option", () => {
  for (const name of [
    "listen",
    "data-dir",
    "catalog",
    "system-catalog",
    "threads",
    "host-memory",
    "no-sample",
    "help",
    "hba-file",
    "ident-file",
    "max-connections",
    "tls-cert",
    "server-version",
    "help",
  ]) {
    assert.ok(HELP.includes(`--${name}`), name);
  }
});

test("what is wrong is told in one line", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["--port 1", /^unknown option --port$/],
    ["-x", /^unknown option -x$/],
    ["coordinator", /^unknown command "coordinator"/],
    ["serve now", /^unexpected argument "now"$/],
    ["--threads", /^option --threads needs a value$/],
    ["--threads 0", /^--threads: "0" is no number from 1/],
    ["--threads two", /^--threads: "two"/],
    ["--no-sample=1", /^option --no-sample takes no value$/],
    ["--host-memory lots", /^--host-memory: "lots" is no size/],
    ["--host-memory 8XB", /^--host-memory: "8XB" is no size/],
    ["--host-memory 1MB", /^--host-memory: "1MB" is not between/],
    ["--max-connections 3", /^--max-connections: "3" is no number from 4 to 262143$/],
    ["--max-connections many", /^--max-connections: "many" is no number/],
    ["--server-version 11.2", /^--server-version: "11.2" is no PostgreSQL version/],
    ["--listen 5433", /^--listen: "5433" is no HOST:PORT/],
    ["--listen localhost:99999", /^--listen: "localhost:99999" is no HOST:PORT/],
    ["--tls-cert a.pem", /^--tls-cert and --tls-key belong together$/],
    ["--tls-client-ca a.pem", /^--tls-client-ca needs --tls-cert and --tls-key$/],
  ];
  for (const [line, expected] of cases) {
    assert.throws(
      () => parseArguments(line.split(" ")),
      (error: unknown) => {
        assert.ok(error instanceof UsageError, line);
        assert.match(error.message, expected, line);
        assert.ok(!error.message.includes("\n"));
        return true;
      },
    );
  }
});
