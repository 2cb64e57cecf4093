import assert from "node:assert/strict";
import { test } from "node:test";
import { addressBytes, inRange, isLoopbackRange, parseRange, rangeOfMask } from "./address.js";
import {
  databasesNamed,
  matchRule,
  matchRuleByName,
  type RuleClient,
  type RuleScope,
} from "./match-rule.js";
import { parseNameMaps } from "./name-map.js";
import { parseRules } from "./parse-rules.js";
import { RuleFileError, type ListFile } from "./tokens.js";
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
    ["host all all db.example.org/24 reject", "specifying both host name and CIDR mask is invalid"],
    ["host all all 10.0.0.256 reject", 'invalid IP address "10.0.0.256"'],
    ["host all all db.example.org trust", "trust authentication is only supported for loopback"],
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
    ["hostssl all all all scram-sha-256 map=m", 'authentication option "map" is only valid'],
    ["host @file all all reject", "lists in files are not supported here"],
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

/** Reads from a folder that is not there. */
function listIn(files: Readonly<Record<string, string>>): (name: string) => ListFile {
  return (name) => ({ path: name, text: files[name] ?? assert.fail(name) });
}

test("lists in files stand where their names do, also in one another", () => {
  const files = { admins: "alice # first\n  carol,dave\n@more", more: '"bob smith" +staff' };
  const [rule] = parseRules("host all zoe,@admins all reject", "f", listIn(files));
  assert.deepEqual(
    rule?.users.map(({ text, quoted }) => `${text} ${String(quoted)}`),
    ["zoe false", "alice false", "carol false", "dave false", "bob smith true", "+staff false"],
  );
  const loop = (): unknown => parseRules("host all @a all reject", "f", listIn({ a: "@a" }));
  assert.throws(loop, /line 1 of "f": lists in files name each other too deeply/);
});

test("host names: whole ones and ends of them, asked for where a rule wants one", async () => {
  const text =
    "host all bob all reject\nhost all all .Example.org reject\n" +
    "host all all db.example.net reject\nhost all all all reject";
  const rules = parseRules(text, "f");
  let asked = 0;
  const metByName = async (name: string | null, user = "alice"): Promise<number> => {
    const rule = await matchRuleByName(rules, client({ user }), SCOPE, () => {
      asked += 1;
      return Promise.resolve(name);
    });
    return rule === undefined ? 0 : rules.indexOf(rule) + 1;
  };
  assert.equal(await metByName("a.example.ORG"), 2);
  assert.equal(await metByName("example.org"), 4);
  assert.equal(await metByName("DB.example.net"), 3);
  assert.equal(await metByName("x.db.example.net"), 4);
  assert.equal(await metByName(null), 4);
  assert.equal(asked, 5);
  assert.equal(await metByName("a.example.org", "bob"), 1);
  assert.equal(asked, 5);
});

test("name maps: names, patterns with a group, and none", () => {
  const maps = parseNameMaps(
    "# map name role\nm ann alice\nm ann bob\n" +
      'm /^(.*)@example\\.org$ \\1\nm /^root@ admin\nn "two words" alice\n',
    "i",
  );
  assert.equal(maps.mayCome("m", "ann", "alice"), true);
  assert.equal(maps.mayCome("m", "ann", "bob"), true);
  assert.equal(maps.mayCome("m", "ann", "ann"), false);
  assert.equal(maps.mayCome("m", "zed@example.org", "zed"), true);
  assert.equal(maps.mayCome("m", "zed@example.org", "zed@example.org"), false);
  assert.equal(maps.mayCome("m", "zed@example-org", "zed"), false);
  assert.equal(maps.mayCome("m", "root@anywhere", "admin"), true);
  assert.equal(maps.mayCome("n", "two words", "alice"), true);
  assert.equal(maps.mayCome("none", "ann", "ann"), false);
  assert.equal(maps.mayCome(null, "ann", "ann"), true);
  assert.equal(maps.mayCome(null, "ann", "alice"), false);
  for (const [line, problem] of [
    ["m ann", /line 1 of "i": missing entry/],
    ["m a,b c", /line 1 of "i": multiple values in ident field/],
    ["m /( c", /line 1 of "i": invalid regular expression "\("/],
  ] as const) {
    assert.throws(() => parseNameMaps(line, "i"), problem);
  }
});
