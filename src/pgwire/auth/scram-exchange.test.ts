import assert from "node:assert/strict";
import { test } from "node:test";
import { makeVerifier, parseVerifier, verifierText } from "../../catalog/index.js";
import { SqlError } from "../../errors/index.js";
import { SCRAM, SCRAM_PLUS, ScramExchange, scramMechanisms } from "./scram-exchange.js";

// RFC 7677, section 3.
const CLIENT_FIRST = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
const SERVER_NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
const NONCE = `rOprNGfwEbeRWgbNEkqO${SERVER_NONCE}`;
const SERVER_FIRST = `r=${NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`;
const PROOF = "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
const CLIENT_LAST = `c=biws,r=${NONCE},p=${PROOF}`;
const SERVER_LAST = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

async function exchange(endPoint: Uint8Array | null = null): Promise<ScramExchange> {
  const salt = Buffer.from("W22ZaJ0SNY7soEsUEjb6gQ==", "base64");
  const verifier = await makeVerifier("pencil", salt);
  return new ScramExchange({ verifier, serverNonce: SERVER_NONCE, endPoint });
}

test("the example of RFC 7677", async () => {
  const server = await exchange();
  assert.equal(server.first(SCRAM, CLIENT_FIRST), SERVER_FIRST);
  assert.equal(server.last(CLIENT_LAST), SERVER_LAST);
});

test("a wrong proof is no error of the protocol, and no login", async () => {
  const server = await exchange();
  server.first(SCRAM, CLIENT_FIRST);
  const wrong = Buffer.from(PROOF, "base64");
  wrong[0] = (wrong[0] ?? 0) ^ 1;
  assert.equal(server.last(CLIENT_LAST.replace(PROOF, wrong.toString("base64"))), null);
});

test("verifiers are written and read as PostgreSQL keeps them", async () => {
  const verifier = await makeVerifier("pencil", Buffer.alloc(16, 7));
  const text = verifierText(verifier);
  assert.match(text, /^SCRAM-SHA-256\$4096:BwcHBwcHBwcHBwcHBwcHBw==\$[^:]{44}:[^:]{44}$/);
  assert.deepEqual(parseVerifier(text), verifier);
  for (const broken of ["", "pencil", text.slice(1), text.slice(0, -1), `${text}=`]) {
    assert.equal(parseVerifier(broken), null, broken);
  }
});

async function failure(mechanism: string, first: string, last?: string, end?: Uint8Array) {
  const server = await exchange(end ?? null);
  try {
    server.first(mechanism, first);
    if (last !== undefined) server.last(last);
  } catch (error) {
    assert.ok(error instanceof SqlError);
    assert.equal(error.fields.severity, "FATAL");
    return `${error.sqlstate} ${error.fields.detail ?? error.message}`;
  }
  return "no failure";
}

test("channel binding: offered over TLS only, and nobody may talk a client out of it", async () => {
  const end = Uint8Array.of(1, 2, 3);
  assert.deepEqual(scramMechanisms(null), [SCRAM]);
  assert.deepEqual(scramMechanisms(end), [SCRAM_PLUS, SCRAM]);
  assert.match(await failure(SCRAM_PLUS, CLIENT_FIRST), /^08P01 client selected an invalid SASL/);
  assert.match(
    await failure(SCRAM, CLIENT_FIRST.replace("n,,", "y,,"), undefined, end),
    /^28000 The client supports SCRAM channel binding but thinks/,
  );
  assert.match(
    await failure(SCRAM_PLUS, CLIENT_FIRST, undefined, end),
    /^08P01 The client selected SCRAM-SHA-256-PLUS, but/,
  );
  assert.match(
    await failure(SCRAM_PLUS, CLIENT_FIRST.replace("n,,", "p=tls-unique,,"), undefined, end),
    /^08P01 unsupported SCRAM channel-binding type "tls-unique"/,
  );
  const bound = CLIENT_FIRST.replace("n,,", "p=tls-server-end-point,,");
  const other = Buffer.from("p=tls-server-end-point,,\u0001\u0002\u0004").toString("base64");
  assert.equal(
    await failure(SCRAM_PLUS, bound, `c=${other},r=${NONCE},p=${PROOF}`, end),
    "28000 SCRAM channel binding check failed",
  );
});

test("broken messages end in FATAL errors", async () => {
  const cases: readonly (readonly [string, string | undefined, RegExp])[] = [
    ["", undefined, /^08P01/],
    ["n,a=x,n=,r=a", undefined, /^0A000 client uses authorization identity/],
    ["n,,m=x,n=,r=a", undefined, /^0A000 client requires an unsupported SCRAM extension/],
    ["n,,x=user,r=a", undefined, /^08P01 Expected attribute "n" but found "x"/],
    ["n,,n=user,r=", undefined, /^08P01 Non-printable/],
    ["n,,n=user,r=a\u0001", undefined, /^08P01 Non-printable/],
    [CLIENT_FIRST, "", /^08P01 Malformed client-final-message/],
    [CLIENT_FIRST, CLIENT_LAST.replace("biws", "eSws"), /^08P01 Unexpected channel-binding/],
    [CLIENT_FIRST, CLIENT_LAST.replace("r=rO", "r=xx"), /^08P01 Nonce does not match/],
    [CLIENT_FIRST, `c=biws,r=${NONCE},p=AAAA`, /^08P01 Malformed proof/],
  ];
  for (const [first, last, expected] of cases) {
    assert.match(await failure(SCRAM, first, last), expected, `${first} ${last ?? ""}`);
  }
});
