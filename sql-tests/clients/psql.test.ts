/** Every command by which psql 15 browses, against PostgreSQL 15 with the same objects. */
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { collectOutput } from "../runner/child-process.js";
import { dumped, openTwins, restored, type Twins } from "./twins.js";

/** Their answers are compared with PostgreSQL's. */
const COMPARED = [
  "\\d",
  "\\d data.*",
  "\\d data.many",
  "\\d data.cheap",
  '\\d "Odd schema".*',
  "\\d data.nothing",
  "\\d+ data.many",
  "\\d+ data.cheap",
  "\\da data.*",
  "\\dA nothing",
  "\\dAc btree int4",
  "\\dAf btree int4",
  "\\dAo btree integer_ops",
  "\\dAp btree integer_ops",
  "\\db nothing",
  "\\dc data.*",
  "\\dconfig nothing",
  "\\dconfig statement_timeout",
  "\\dconfig search_path",
  "\\dC (int4 as text)",
  "\\dd data.*",
  "\\ddp",
  "\\dD data.*",
  "\\dE data.*",
  "\\dE+ data.nothing",
  "\\des",
  "\\des+",
  "\\det data.*",
  "\\deu",
  "\\deu+",
  "\\dew",
  "\\df data.*",
  "\\df pg_catalog.upper",
  "\\df+ data.*",
  "\\dF nothing",
  "\\dFd nothing",
  "\\dFp",
  "\\dFt",
  "\\dg",
  "\\di data.*",
  "\\dl",
  "\\dL nothing",
  "\\dm data.*",
  "\\dn",
  "\\dn+",
  "\\dn data",
  "\\do pg_catalog.&&",
  "\\dO nothing",
  "\\dp data.*",
  "\\dP",
  "\\drds",
  "\\dRp",
  "\\dRs",
  "\\ds data.*",
  "\\dS data.*",
  "\\dt data.*",
  "\\dt nothing",
  "\\dT data.*",
  "\\dT pg_catalog.int4",
  "\\dT+ pg_catalog.bool",
  "\\du",
  "\\du+",
  "\\dv data.*",
  "\\dv+ data.*",
  "\\dx nothing",
  "\\dX",
  "\\dy",
  "\\sv data.cheap",
  "\\sf data.nothing",
  "\\z data.*",
  "SELECT 1 AS a, 'x'::text AS b, 1.5::numeric(5,2) AS c \\gdesc",
  "SELECT 'SELECT 1 AS made' \\gexec",
  "\\encoding",
] as const;

/** These list what PostgreSQL brings along, which differs from release to release. */
const RUN = [
  "\\l",
  "\\l+",
  "\\d+",
  "\\dS",
  "\\dS+",
  "\\d pg_class",
  "\\d+ pg_attribute",
  "\\dA",
  "\\dA+",
  "\\dAc",
  "\\dAf",
  "\\dAo",
  "\\dAp",
  "\\db",
  "\\db+",
  "\\dc",
  "\\dC",
  "\\dC+",
  "\\dconfig",
  "\\dconfig+ *",
  "\\dd",
  "\\dDS",
  "\\dES",
  "\\det+",
  "\\dew+",
  "\\df",
  "\\dfS",
  "\\df+",
  "\\dF",
  "\\dF+",
  "\\dFd+",
  "\\dFp+",
  "\\dFt+",
  "\\diS",
  "\\di+",
  "\\dL",
  "\\dL+",
  "\\dnS",
  "\\dnS+",
  "\\do",
  "\\doS",
  "\\dO",
  "\\dOS",
  "\\dsS",
  "\\dtS",
  "\\dtS+",
  "\\dTS",
  "\\dTS+",
  "\\dvS",
  "\\dx",
  "\\dx+",
  "\\dyS",
  "\\conninfo",
  "\\sf pg_catalog.upper(text)",
] as const;

/** Where Millrace rightly shows something else than PostgreSQL 15. */
const DIFFERENT: Readonly<Record<string, string>> = {
  "\\d+ data.cheap": "PostgreSQL 16 and later name the columns of a view's only table bare",
  "\\dE+ data.nothing": "the size is the file's",
  "\\dT+ pg_catalog.bool": "the description changed in PostgreSQL 16",
  "\\dAp btree integer_ops": "btree got a support function in PostgreSQL 18",
  "\\sv data.cheap": "as \\d+",
};

const TERMINAL_TIMEOUT_MS = 20_000;

let twins: Twins;

before(async () => {
  twins = await openTwins();
  const dump = await dumped("pg_dump", "--schema-only", twins.millrace);
  assert.deepEqual(await restored(twins.postgres, dump, twins.folder), []);
});

after(() => twins.close());

/** PostgreSQL has one role more. */
function shown(output: string): string {
  return output.replaceAll(/^ postgres .*\n/gm, "");
}

function psql(url: string, command: string): Promise<string> {
  const args = ["-X", "-d", url, "-f", "-"];
  return new Promise((resolve) => {
    const child = execFile("psql", args, (_, stdout, stderr) => resolve(shown(stdout + stderr)));
    child.stdin?.end(`${command}\n`);
  });
}

test("what psql shows of the same objects is what it shows of PostgreSQL's", async () => {
  const different: string[] = [];
  for (const command of COMPARED) {
    const expected = await psql(twins.postgres, command);
    const actual = await psql(twins.millrace, command);
    if (expected === actual) {
      assert.equal(DIFFERENT[command], undefined, `${command} is no different any more`);
    } else if (DIFFERENT[command] === undefined) {
      different.push(`${command}\n${expected}\nhere:\n${actual}`);
    }
  }
  assert.equal(different.length, 0, different.join("\n"));
});

test("no command of psql's meets an error", async () => {
  for (const command of RUN) {
    const output = await psql(twins.millrace, command);
    assert.doesNotMatch(output, /ERROR|FATAL|invalid command|lost/, command);
    assert.notEqual(output.trim(), "", command);
  }
});

/** What is typed before the tab key is pressed twice. */
const TYPED = [
  "SELECT * FROM data.",
  "SELECT * FROM data.ma",
  'SELECT * FROM "Od',
  "SELECT * FROM data.many WHERE ",
  "SELECT * FROM data.many WHERE pr",
  "SELECT * FROM data.many ORDER ",
  "TABLE data.de",
  "EXPLAIN SELECT * FROM data.em",
  "EXPLAIN (ANA",
  "INSERT INTO data.em",
  "UPDATE data.many SET gr",
  "DELETE FROM data.as",
  "ANALYZE data.ma",
  "COPY data.ma",
  "LOCK TABLE data.ma",
  "COMMENT ON FOREIGN TABLE data.ma",
  "CREATE TABLE da",
  "CREATE SCHEMA x AUTHORIZATION re",
  "ALTER FOREIGN TABLE data.ma",
  "ALTER SCHEMA da",
  "ALTER ROLE re",
  "ALTER VIEW data.ch",
  "DROP VIEW data.",
  "DROP FOREIGN TABLE data.ma",
  "DROP SCHEMA da",
  "DROP ROLE re",
  "GRANT SELECT ON data.ma",
  "GRANT reader TO ow",
  "REVOKE SELECT ON data.ch",
  "SET search_pa",
  "SET statement_t",
  "SET ROLE re",
  "SET TimeZone TO 'America/New_Y",
  "SET client_min_messages TO ",
  "SHOW idle_in_tr",
  "RESET work_m",
  "DEALLOCATE ",
  "EXECUTE ",
  "CLOSE ",
  "FETCH FROM ",
  "DECLARE c CUR",
  "LISTEN ",
  "\\c millrace rea",
  "\\d data.",
  "\\d data.em",
  '\\d "Odd schema".',
  "\\d+ data.ch",
  "\\df pg_catalog.upp",
  "\\dE data.ma",
  "\\dn da",
  "\\dp data.ma",
  "\\du re",
  "\\dv data.",
  "\\dT pg_catalog.intege",
  "\\ddp da",
  "\\des par",
  "\\sf pg_catalog.upp",
  "\\sv data.",
  "\\z data.de",
  "\\encoding LAT",
  "\\dconfig statement_t",
] as const;

const SETTING_UP =
  "PREPARE answer AS SELECT 42; BEGIN; DECLARE walk CURSOR FOR SELECT 1; LISTEN bell;";

/** psql at a terminal: what it shows after each of the TYPED. */
async function completions(url: string): Promise<readonly string[]> {
  const settings = join(twins.folder, "inputrc");
  await writeFile(
    settings,
    "set page-completions off\nset completion-query-items 0\nset bell-style none\n" +
      "set enable-bracketed-paste off\nset show-all-if-ambiguous on\n",
  );
  const command = `stty rows 200 cols 160; exec psql -X -d ${url}`;
  const child = spawn("script", ["-qfec", command, "/dev/null"], {
    env: {
      ...process.env,
      TERM: "dumb",
      INPUTRC: settings,
      PSQL_HISTORY: "/dev/null",
      PAGER: "cat",
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  const output = collectOutput(child);
  const until = async (mark: string): Promise<void> => {
    const deadline = performance.now() + TERMINAL_TIMEOUT_MS;
    while (!output().includes(mark)) {
      if (performance.now() > deadline) throw new Error(`no ${mark} in\n${output()}`);
      await sleep(20);
    }
  };
  const seen: string[] = [];
  try {
    await until("=# ");
    child.stdin.write(`${SETTING_UP}\n\\echo started:\n`);
    await until("\nstarted:\r\nmillrace=*# ");
    for (const [index, typed] of TYPED.entries()) {
      const before = output().length;
      // The line is thrown away, whatever it has become.
      child.stdin.write(`${typed}\t\t\u0015\\echo done ${String(index)}:\n`);
      await until(`\ndone ${String(index)}:\r\nmillrace=*# `);
      const all = output().slice(before);
      seen.push(
        all.slice(0, all.lastIndexOf("\\echo done")).replaceAll(/[\u0007\b]+ *[\b]*/g, "|"),
      );
    }
  } finally {
    child.kill();
  }
  return seen;
}

test("the tab key completes as with PostgreSQL", async () => {
  const expected = await completions(twins.postgres);
  const actual = await completions(twins.millrace);
  const different = TYPED.filter((_, index) => expected[index] !== actual[index]);
  const told = different.map((typed) => {
    const index = TYPED.indexOf(typed);
    return `${typed}\n${expected[index] ?? ""}\nhere:\n${actual[index] ?? ""}`;
  });
  assert.equal(different.length, 0, told.join("\n"));
  // Each shows more than what was typed, or the test would say nothing.
  const idle = TYPED.filter((typed, index) =>
    (expected[index] ?? "").trim().endsWith(typed.trim()),
  );
  assert.deepEqual(idle, []);
});
