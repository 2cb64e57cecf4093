import { serialize } from "pg-protocol";

const { parse, bind, describe, execute, close, flush, sync, query } = serialize;

/** Queries that answer rows, of every kind of source: none, files, the system catalog, live views. */
export const QUERIES = [
  "select 1, 'two', null",
  "select * from data.strings",
  "select * from data.times",
  "select id, b from data.bytes",
  "select * from data.nothing",
  "select l_orderkey, l_comment from tpch.lineitem",
  "select l_returnflag, count(*), sum(l_quantity) from tpch.lineitem group by 1 order by 1",
  "select * from data.many order by id desc",
  "select e.name, d.name from data.employees e join data.departments d on d.id = department_id",
  "select relname, relkind from pg_catalog.pg_class order by relname limit 20",
  "select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = relnamespace",
  "select name, setting from pg_settings limit 5",
  "select pid, state from pg_stat_activity",
  "select * from generate_series(1, 5000) g",
  "select 1 / (id - 3) from data.integers",
  "select nobody from data.integers",
  "select * from data.missing",
  "select syntax error here",
  "select pg_sleep(0.005)",
  "",
  ";;",
] as const;

/** What changes a session, alone or with others of its kind. */
export const SESSION_STATEMENTS = [
  "begin; select 1; savepoint s; rollback to s; commit",
  "begin",
  "commit",
  "rollback",
  "savepoint s",
  "rollback to s",
  "release s",
  "set time zone 'Pacific/Auckland'",
  "set search_path = tpch, pg_catalog",
  "set extra_float_digits = -5; set datestyle = 'German'; set intervalstyle = 'iso_8601'",
  "set application_name = 'hostile'; set bytea_output = 'escape'",
  "set local time zone 'Asia/Tokyo'",
  "set session authorization default; reset role; set role none",
  "set role hostile",
  "set statement_timeout = 20",
  "set client_min_messages = 'debug5'",
  "set client_encoding = 'LATIN1'",
  "reset all",
  "discard all",
  "listen steady; notify steady, 'from a hostile client'",
  "unlisten *",
  "prepare s (int) as select $1 + 1",
  "execute s(1)",
  "deallocate all",
  "declare c scroll cursor with hold for select * from data.many",
  "declare d cursor for select l_comment from tpch.lineitem",
  "fetch 10 from c",
  "fetch backward all from c",
  "move last in c",
  "close all",
  "explain (analyze, format json) select count(*) from data.many",
  "show all",
  "select set_config('search_path', 'nowhere', false)",
  "select pg_advisory_lock(7), pg_advisory_unlock(7)",
  "select pg_try_advisory_lock_shared(9)",
] as const;

/** COPY both ways; what the server does not take it must refuse in good order. */
export const COPIES = [
  "copy (select * from data.many) to stdout",
  "copy (select * from data.strings) to stdout (format csv, header)",
  "copy (select l_comment from tpch.lineitem) to stdout (format binary)",
  "copy data.integers to stdout",
  "copy data.integers from stdin",
  "create temp table loaded (a int, b text)",
  "copy loaded from stdin",
  "copy loaded (a) from stdin (format binary)",
  "copy loaded to stdout (format binary)",
  "drop table loaded",
] as const;

/** Work that does not end before somebody ends it. */
export const ENDLESS = [
  "select count(*) from tpch.lineitem a, tpch.lineitem b where a.l_comment < b.l_comment",
  "select a.l_comment, b.l_comment from tpch.lineitem a, tpch.lineitem b",
  "select pg_sleep(3600)",
] as const;

/** The same in the system catalog, which is made anew for it: seldom, or nobody else had one. */
export const ENDLESS_IN_CATALOG =
  "with recursive r as (select 1 as n union all select n from r) " +
  "select count(relname) from r, pg_class";

const STATEMENTS: readonly string[] = [...QUERIES, ...SESSION_STATEMENTS, ...COPIES];

const EXTENDED: readonly Uint8Array[] = [
  parse({ text: "select $1, $2::int4", types: [25, 0] }),
  parse({ text: "select id, i8 from data.integers where id = $1" }),
  parse({ text: "select l_orderkey from tpch.lineitem where l_orderkey > $1::int8" }),
  parse({ text: "select relname from pg_class where relname like $1::text" }),
  parse({ text: "" }),
  parse({ name: "a", text: "select * from data.many" }),
  parse({ name: "b", text: "rollback" }),
  parse({ name: "s", text: "select name from data.employees where id = $1" }),
  parse({ name: "t", text: "copy data.integers to stdout" }),
  bind({ values: ["x", "1"] }),
  bind({ values: ["3"] }),
  bind({ values: [null] }),
  bind({}),
  bind({ portal: "p", statement: "a" }),
  bind({ portal: "p", statement: "a", binary: true }),
  bind({ portal: "q", statement: "b", values: [null] }),
  bind({ portal: "r", statement: "s", values: ["2"] }),
  bind({ statement: "t" }),
  bind({ values: [Buffer.from([0, 0, 0, 1]), Buffer.from([1, 2, 3, 4])], binary: true }),
  describe({ type: "S", name: "a" }),
  describe({ type: "S" }),
  describe({ type: "P", name: "p" }),
  describe({ type: "P" }),
  execute({}),
  execute({}),
  execute({ rows: 2 }),
  execute({ portal: "p", rows: 7 }),
  execute({ portal: "r" }),
  close({ type: "P", name: "p" }),
  close({ type: "S", name: "a" }),
  close({ type: "S", name: "s" }),
];

const COPY_MESSAGES: readonly Uint8Array[] = [
  serialize.copyData(Buffer.from("1\ttwo\n")),
  serialize.copyData(Buffer.from("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", "latin1")),
  serialize.copyData(Buffer.from("\\.\n")),
  serialize.copyDone(),
  serialize.copyFail("no more"),
];

/** FunctionCall of an OID with one argument in binary. */
const FUNCTION_CALL = Buffer.from([
  ...[0x46, 0, 0, 0, 24, 0, 0, 4, 0xd2, 0, 1, 0, 1, 0, 1],
  ...[0, 0, 0, 4, 0, 0, 0, 1, 0, 1],
]);

/** Well-formed messages of a started session, pipelines' ends among them more than once. */
export const MESSAGES: readonly Uint8Array[] = [
  ...STATEMENTS.map((text) => query(text)),
  ...EXTENDED,
  ...EXTENDED,
  ...COPY_MESSAGES,
  FUNCTION_CALL,
  flush(),
  flush(),
  ...Array.from({ length: 12 }, () => sync()),
];
