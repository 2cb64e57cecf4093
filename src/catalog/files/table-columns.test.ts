import assert from "node:assert/strict";
import { test } from "node:test";
import { SqlError } from "../../errors/index.js";
import { formatType, numericType, sqlType, type SqlType } from "../../types/index.js";
import type { PinnedFile } from "./inspection-cache.js";
import { allColumns, foldName, inferColumns, relationColumns } from "./table-columns.js";
import { typeOfText } from "./type-text.js";
import { widens } from "./widening.js";

/** A file of columns as `name type [not null]`; a type in braces cannot be read. */
function file(path: string, ...columns: readonly string[]): PinnedFile {
  return {
    path,
    sizeBytes: 1n,
    mtimeNs: 1n,
    inspection: {
      rowCount: 10n,
      columns: columns.map((text) => {
        const [, name = "", type = "", notNull] = /^(\S+) (.*?)( not null)?$/.exec(text) ?? [];
        const unsupported = type.startsWith("{") ? "nested types are not supported" : "";
        return {
          name,
          sqlType: unsupported === "" ? type : "",
          nullable: notNull === undefined,
          unsupported,
          minimum: null,
          maximum: null,
          nullCount: null,
          distinctCount: null,
        };
      }),
    },
  };
}

function declared(name: string, type: SqlType, nullable = true) {
  return { name, type, nullable };
}

function failsWith(sqlstate: string, message: RegExp, work: () => unknown): void {
  assert.throws(work, (error) => {
    assert.ok(error instanceof SqlError);
    assert.equal(error.sqlstate, sqlstate);
    assert.match(error.message, message);
    return true;
  });
}

test("types are read back from format_type's text", () => {
  const texts = [
    "boolean",
    "smallint",
    "double precision",
    "numeric",
    "numeric(15,2)",
    "numeric(38,0)",
    "character varying(20)",
    "character(5)",
    "timestamp without time zone",
    "timestamp with time zone",
    "timestamp(3) without time zone",
    "time without time zone",
    "uuid",
    "bytea",
    "integer[]",
  ];
  for (const text of texts) {
    const type = typeOfText(text);
    assert.ok(type !== undefined, text);
    assert.equal(formatType(type), text);
  }
  assert.equal(typeOfText("integer["), undefined);
  assert.equal(typeOfText(""), undefined);
});

test("a column may be declared wider than it is, and no narrower", () => {
  const [int4, int8] = [sqlType("int4"), sqlType("int8")];
  assert.equal(widens(int4, int8), true);
  assert.equal(widens(int8, int4), false);
  assert.equal(widens(int8, sqlType("float8")), false);
  assert.equal(widens(int4, sqlType("float8")), true);
  assert.equal(widens(int8, numericType(19, 0)), true);
  assert.equal(widens(int8, numericType(18, 0)), false);
  assert.equal(widens(int4, numericType(12, 2)), true);
  assert.equal(widens(numericType(12, 2), numericType(15, 2)), true);
  assert.equal(widens(numericType(12, 2), numericType(12, 4)), false);
  assert.equal(widens(numericType(12, 2), sqlType("numeric")), true);
  assert.equal(widens(sqlType("numeric"), numericType(30, 2)), false);
  assert.equal(widens(sqlType("float8"), sqlType("numeric")), false);
  assert.equal(widens(sqlType("text"), sqlType("varchar", 24)), true);
  assert.equal(widens(sqlType("timestamp"), sqlType("timestamp", 3)), false);
  assert.equal(widens(sqlType("timestamp"), sqlType("timestamp", 6)), true);
  assert.equal(widens(sqlType("date"), sqlType("timestamp")), true);
  assert.equal(widens(sqlType("timestamp"), sqlType("timestamptz")), false);
});

test("names fold as PostgreSQL folds them", () => {
  assert.equal(foldName("L_OrderKey"), "l_orderkey");
  assert.equal(foldName("ÄX"), "Äx");
  assert.equal(Buffer.byteLength(foldName("ä".repeat(40))), 62);
});

test("inferred columns: folded names, unless these collide; the unreadable are told", () => {
  const { columns, leftOut } = inferColumns([
    file("f", "Id bigint not null", "Tags {list}", "Note text"),
  ]);
  assert.deepEqual(columns, [
    declared("id", sqlType("int8"), false),
    declared("note", sqlType("text")),
  ]);
  assert.deepEqual(leftOut, [
    { name: "Tags", path: "f", reason: "nested types are not supported" },
  ]);
  const colliding = inferColumns([file("f", "a integer", "A integer")]);
  assert.deepEqual(
    colliding.columns.map(({ name }) => name),
    ["a", "A"],
  );
});

test("a column that one of the files allows NULL in is nullable, whatever is declared", () => {
  const files = [file("f", "a integer not null"), file("g", "a integer")];
  assert.equal(inferColumns(files).columns[0]?.nullable, true);
  const [column] = relationColumns([declared("a", sqlType("int4"), false)], files);
  assert.equal(column?.nullable, true);
});

test("scans learn the type of the files where it is another one", () => {
  const files = [file("f", "A integer", "b numeric(12,2)", "c text")];
  const columns = relationColumns(
    [
      declared("a", sqlType("int8")),
      declared("b", numericType(15, 2)),
      declared("c", sqlType("varchar", 14)),
    ],
    files,
  );
  assert.deepEqual(
    columns.map(({ fileColumn, fileType }) => [fileColumn, fileType?.name]),
    [
      ["A", "int4"],
      ["b", undefined],
      ["c", undefined],
    ],
  );
});

test("what does not fit is refused with its file and column", () => {
  const files = [file("f.parquet", "a text", "b {map}")];
  failsWith("42804", /column "a" is declared integer, but has type text in file "f.parquet"/, () =>
    relationColumns([declared("a", sqlType("int4"))], files),
  );
  failsWith("42703", /column "z" does not exist in file "f.parquet"/, () =>
    relationColumns([declared("z", sqlType("int4"))], files),
  );
  failsWith("0A000", /column "b" of file "f.parquet" cannot be read: nested types/, () =>
    relationColumns([declared("b", sqlType("text"))], files),
  );
  const differing = [file("f", "a integer"), file("g", "a bigint")];
  failsWith("42804", /type integer in file "f", but type bigint in file "g"/, () =>
    relationColumns([declared("a", sqlType("int8"))], differing),
  );
});

test("all columns of files are there to be named, the unreadable too", () => {
  const columns = allColumns([file("f", "Id bigint", "Tags {list}")]);
  assert.deepEqual(
    columns.map(({ name, type, fileColumn }) => [name, type.name, fileColumn]),
    [
      ["id", "int8", "Id"],
      ["tags", "text", "Tags"],
    ],
  );
});
