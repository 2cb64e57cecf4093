import assert from "node:assert/strict";
import { test } from "node:test";
import { addressBytes, inRange, isLoopbackRange, parseRange, rangeOfMask } from "./address.js";
import { databasesNamed, matchRule, type RuleClient, type RuleScope } from "./match-rule.js";
import { parseRules, RuleFileError } from "./parse-rules.js";
import { CLOSED_RULES, OPEN_RULES } from "./rule.js";

const SCOPE: RuleScope = {
  isMember: (user, role) => user === "alice" && role === "staff",
  interfaces: [{ bytes: Uint8Array.of(10, 0, 0, 5), prefix: 24 }],
};

function client(given: Partial<RuleClient> = {}): RuleClient {
  return { host: "10.1.2.3", encrypted: false, database: "millrace", user: "alice", ...given };
}

/** The line whose rule a client meets, counted from 1; 0 is none. */
function met(text: string, given: Partial<RuleClient> = {}): number {
  const rules = parseRules(text, "f");
  const rule = matchRule(rules, client(given), SCOPE);
  return rule === undefined ? 0 : rules.indexOf(rule) + 1;
}

test("connection types, addresses and masks", () => {
  assert.equal(met("hostssl all all all reject\nhostnossl all all all reject"), 2);
  assert.equal(met("hostssl all all all reject", { encrypted: true }), 1);
  assert.equal(met("local all all peer\nhostgssenc all all all reject"), 0);
  assert.equal(met("host all all 10.1.0.0/16 reject"), 1);
  assert.equal(met("host all all 10.1.2.0/31 reject"), 0);
  assert.equal(met("host all all 10.1.2.2/31 reject"), 1);
  assert.equal(met("host all all 10.1.0.0 255.255.0.0 reject"), 1);
  assert.equal(met("host all all 0.0.0.0/0 reject", { host: "::1" }), 0);
  assert.equal(met("host all all ::/0 reject", { host: "fe80::1%eth0" }), 1);
  assert.equal(met("host all all 10.0.0.0/8 reject", { host: "::ffff:10.9.9.9" }), 1);
  assert.equal(met("host all all samehost reject", { host: "10.0.0.5" }), 1);
  assert.equal(met("host all all samehost reject", { host: "10.0.0.6" }), 0);
  assert.equal(met("host all all samenet reject", { host: "10.0.0.6" }), 1);
  assert.equal(met("host all all all reject", { host: "" }), 0);
});

test("databases, users and groups; quotes take a key word's meaning", () => {
  assert.equal(met("host a,millrace all all reject"), 1);
  assert.equal(met("host a, millrace\tbob ,alice all reject # x"), 1);
  assert.equal(met('host "all" all all reject'), 0);
  assert.equal(met('host "all" all all reject', { database: "all" }), 1);
  assert.equal(met("host sameuser all all reject", { database: "alice" }), 1);
  assert.equal(met("host samerole all all reject", { database: "staff" }), 1);
  assert.equal(met("host replication all all reject", { database: "replication" }), 0);
  assert.equal(met("host all +staff all reject"), 1);
  assert.equal(met("host all +staff all reject", { user: "bob" }), 0);
  assert.equal(met('host all "+staff" all reject'), 0);
  assert.equal(met("# none\n\nhost all bob all reject\nhost all al\\\nice all reject"), 2);
  const rules = parseRules('host all,sameuser,x,"all" all all reject', "f");
  assert.deepEqual(databasesNamed(rules), ["x", "all"]);
});

test("methods and options", () => {
  const [cert, full, md5, trust] = parseRules(
    "hostssl all all all cert clientname=DN\nhostssl all all all scram-sha-256 clientcert=verify-ca\n" +
      "host all all all md5\nhost all all 127.0.0.1/32 trust",
    "f",
  );
  assert.deepEqual(
    [cert?.method, cert?.clientCertificate, cert?.certificateName],
    ["cert", "verify-full", "DN"],
  );
  assert.deepEqual([full?.method, full?.clientCertificate], ["scram-sha-256", "verify-ca"]);
  assert.equal(md5?.method, "scram-sha-256");
  assert.equal(trust?.method, "trust");
});

test("what is wrong is told with its line", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["hosts all all all trust", 'invalid connection type "hosts"'],
    ["host", "end-of-line before database specification"],
    ["host all all", "end-of-line before IP address specification"],
    ["host all all all", "end-of-line before authentication method specification"],
    ["host all all 10.0.0.0/33 reject", 'invalid IP address or CIDR mask in "10.0.0.0/33"'],
    ["host all all 10.0.0.0 255.0.255.0 reject", "invalid IP address"],
    ["host all all db.example.org reject", "host names are not supported"],
    ["host all all all magic", 'invalid authentication method "magic"'],
    ["host all all all ldap", 'authentication method "ldap" is not supported'],
    ["host all all all password", "password authentication is only supported on hostssl"],
    ["host all all all cert", "cert authentication is only supported on hostssl connections"],
    ["host all all all trust", "trust authentication is only supported for loopback addresses"],
    ["host all all 127.0.0.0/7 trust", "trust authentication is only supported"],
    ["host all all all reject a=b", 'unrecognized authentication option name: "a"'],
    ["host all all all reject word", "authentication option not in name=value format: word"],
    ["host all all all reject clientcert=verify-ca", "clientcert can only be configured"],
    ["hostssl all all all cert clientcert=verify-ca", 'clientcert only accepts "verify-full"'],
    ["hostssl all all all cert map=m", "user name maps are not supported"],
    ["host @file all all reject", "database lists in files are not supported"],
    ["host all /^a all reject", "role patterns are not supported"],
    ['host "all all all reject', "unterminated quoted word"],
    ["host all all 10.0.0.0/8,10.0.0.0/9 reject", "multiple values specified for IP address"],
  ];
  for (const [line, problem] of cases) {
    assert.throws(
      () => parseRules(`# first\n\n${line}\n`, "rules"),
      (error: unknown) => {
        assert.ok(error instanceof RuleFileError, line);
        assert.ok(error.message.startsWith(`line 3 of "rules": ${problem}`), error.message);
        return true;
      },
    );
  }
});

test("without a file: trust on loopback, later passwords, from elsewhere over TLS", () => {
  const method = (rules: typeof OPEN_RULES, given: Partial<RuleClient>): string | undefined =>
    matchRule(rules, client(given), SCOPE)?.method;
  for (const host of ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"]) {
    assert.equal(method(OPEN_RULES, { host }), "trust");
    assert.equal(method(CLOSED_RULES, { host }), "scram-sha-256");
  }
  for (const host of ["10.0.0.5", "::ffff:10.0.0.1", "fe80::1", "", "127.0.0.1.example.org"]) {
    assert.equal(method(OPEN_RULES, { host, encrypted: true }), undefined);
    assert.equal(method(CLOSED_RULES, { host }), undefined);
  }
  assert.equal(method(CLOSED_RULES, { encrypted: true }), "scram-sha-256");
});

test("addresses as bytes", () => {
  assert.deepEqual([...(addressBytes("::1") ?? [])].at(-1), 1);
  assert.deepEqual([...(addressBytes("1:2::3") ?? [])].slice(0, 4), [0, 1, 0, 2]);
  assert.deepEqual([...(addressBytes("::ffff:1.2.3.4") ?? [])], [1, 2, 3, 4]);
  assert.equal(addressBytes("1.2.3"), null);
  assert.equal(parseRange("1.2.3.4"), null);
  assert.equal(parseRange("1.2.3.4/"), null);
  assert.equal(rangeOfMask("1.2.3.4", "ffff::"), null);
  assert.equal(rangeOfMask("fe80::1", "ffff:ffff::")?.prefix, 32);
  const all = parseRange("1.2.3.4/0");
  assert.ok(all !== null && inRange(Uint8Array.of(9, 9, 9, 9), all) && !isLoopbackRange(all));
});
