// node duckdb_files.mjs FOLDER PARQUET_TEXT: DuckDB writes files of every type, codec and format
// version it knows into FOLDER; what PARQUET_TEXT prints of them must be what DuckDB has in them.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

const [folder, parquetText] = process.argv.slice(2);
const rowCount = 5000;
const greatestOutputBytes = 64 << 20;

/** Column: its type in SQL, a value made of `i`, its text as parquet_text prints it. */
const columns = [
  ['b', 'boolean', 'boolean', 'i % 3 = 0', 'c::int::varchar'],
  ['i8', 'tinyint', 'smallint', 'i % 256 - 128', 'c::varchar'],
  ['i16', 'smallint', 'smallint', 'i % 65536 - 3000', 'c::varchar'],
  ['i32', 'integer', 'integer', '(hash(i) % 4294967296)::bigint - 2147483648', 'c::varchar'],
  ['i64', 'bigint', 'bigint', '(hash(i) // 3)::bigint - 3000000000000000000', 'c::varchar'],
  ['sorted', 'bigint', 'bigint', '1000000 + i * 3', 'c::varchar'],
  ['few', 'integer', 'integer', 'i // 100 % 7 * 1000', 'c::varchar'],
  ['u8', 'utinyint', 'smallint', 'i % 256', 'c::varchar'],
  ['u16', 'usmallint', 'integer', 'i * 13 % 65536', 'c::varchar'],
  ['u32', 'uinteger', 'bigint', 'hash(i) % 4294967296', 'c::varchar'],
  ['u64', 'ubigint', 'numeric(20,0)', 'hash(i)', 'c::varchar'],
  ['f32', 'float', 'real', '(i - 2500) / 7', `format('{:.17g}', c::double)`],
  ['f64', 'double', 'double precision', '(i - 2500) / 7.0e10', `format('{:.17g}', c)`],
  ['d4', 'decimal(4,1)', 'numeric(4,1)', '(i % 9999) / 10', 'c::varchar'],
  ['d9', 'decimal(9,2)', 'numeric(9,2)', '(i - 2500) * 1999.93', 'c::varchar'],
  ['d18', 'decimal(18,3)', 'numeric(18,3)', '(i - 2500) * 123456789.127', 'c::varchar'],
  ['d38', 'decimal(38,10)', 'numeric(38,10)', '(i - 2500)::decimal(38,10) * 98765432109',
    'c::varchar'],
  ['day', 'date', 'date', `date '1900-01-01' + (i * 37)::int`, `(c - date '2000-01-01')::varchar`],
  ['t', 'time', 'time without time zone', `time '00:00:00' + to_microseconds(i * 17279999)`,
    'epoch_us(c)::varchar'],
  ['ts', 'timestamp', 'timestamp without time zone', 'make_timestamp(i * 1234567890123)',
    '(epoch_us(c) - 946684800000000)::varchar'],
  ['tz', 'timestamptz', 'timestamp with time zone', `make_timestamptz(i * -1234567890123)`,
    '(epoch_us(c) - 946684800000000)::varchar'],
  ['tms', 'timestamp_ms', 'timestamp without time zone',
    'make_timestamp(i * 1234567890000)::timestamp_ms',
    '(epoch_us(c::timestamp) - 946684800000000)::varchar'],
  ['tns', 'timestamp_ns', 'timestamp without time zone',
    'make_timestamp_ns((i - 2500) * 1234567890123)',
    `(floor(epoch_ns(c)::decimal(38,3) / 1000)::bigint - 946684800000000)::varchar`],
  ['v', 'interval', 'interval', 'to_months(i::int) + to_days((i % 30)::int) + to_milliseconds(i)',
    `concat(i, '/', i % 30, '/', i * 1000)`],
  ['u', 'uuid', 'uuid', `md5(i::varchar)::uuid`, `replace(c::varchar, '-', '')`],
  ['s', 'varchar', 'text', `concat('words ', i * 7919 % 5003, repeat('é', (i % 9)::int))`, 'c'],
  ['sfew', 'varchar', 'text', `concat('a value that repeats ', i % 11)`, 'c'],
  ['sempty', 'varchar', 'text', `repeat('x', (i % 3)::int)`, 'c'],
  ['bytes', 'blob', 'bytea', `unhex(md5(i::varchar))`, 'lower(hex(c))'],
  ['mood', `enum('sad', 'ok', 'happy')`, 'text', `['sad', 'ok', 'happy'][(i % 3 + 1)::int]`,
    'c::varchar'],
  ['j', 'json', 'text', `concat('{"a":', i, '}')::json`, 'c::varchar'],
  ['n', 'integer', 'integer', 'null', 'c::varchar'],
];

/** Share of NULLs a column in one in `every` rows; 0: none. */
async function makeTable(connection, table, every) {
  const values = columns.map(([name, type, , value], at) =>
    every > 0
      ? `case when hash(i + ${at}) % ${every} <> 0 then (${value})::${type} end as ${name}`
      : `(${value})::${type} as ${name}`);
  await connection.run(
    `create or replace table ${table} as
       select i, ${values.join(', ')} from range(${rowCount}) r(i)`);
}

async function expectedText(connection, table) {
  const texts = columns.map(([name, , , , text]) =>
    `case when ${name} is null then '\\N' else ${text.replaceAll(/\bc\b/g, name)} end`);
  const result = await connection.runAndReadAll(
    `select concat_ws(chr(9), i::varchar, ${texts.join(', ')}) from ${table} order by i`);
  return result.getRows().map(([row]) => `${row}\n`).join('');
}

function firstDifference(actual, expected) {
  const [left, right] = [actual.split('\n'), expected.split('\n')];
  const row = left.findIndex((line, at) => line !== right[at]);
  const [mine, theirs] = [(left[row] ?? '').split('\t'), (right[row] ?? '').split('\t')];
  const at = mine.findIndex((field, i) => field !== theirs[i]);
  const name = at === 0 ? 'i' : columns[at - 1]?.[0];
  return `row ${row}, column ${name}: ${mine[at]}, not ${theirs[at]}`;
}

function checkSchema(file) {
  const shown = execFileSync(parquetText, [file, '--schema'], { encoding: 'utf8' });
  const types = shown.trimEnd().split('\n').map((line) => line.split('\t')[1]);
  const wanted = ['bigint', ...columns.map(([, , type]) => type)];
  wanted.forEach((type, at) => {
    if (types[at] !== type) throw new Error(`${file}: column ${at} is ${types[at]}, not ${type}`);
  });
}

const connection = await (await DuckDBInstance.create(':memory:')).connect();
let failures = 0;
for (const every of [0, 4]) {
  const table = `t${every}`;
  await makeTable(connection, table, every);
  const expected = await expectedText(connection, table);
  for (const version of ['V1', 'V2']) {
    for (const codec of ['uncompressed', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4', 'lz4_raw']) {
      const file = join(folder, `${table}-${version}-${codec}.parquet`);
      await connection.run(`copy (select * from ${table} order by i) to '${file}' (format parquet,
        compression ${codec}, parquet_version ${version}, row_group_size 2048)`);
      checkSchema(file);
      const actual = execFileSync(parquetText, [file],
        { encoding: 'utf8', maxBuffer: greatestOutputBytes });
      if (actual === expected) continue;
      failures++;
      console.error(`${file}: ${firstDifference(actual, expected)}`);
    }
  }
}
if (failures > 0) throw new Error(`${failures} files are read wrong`);
