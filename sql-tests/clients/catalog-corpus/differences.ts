import type { Difference } from "./compared.js";

/** What is compared: where the system catalog is, and with which PostgreSQL. */
export interface Setting {
  readonly place: "inside" | "outside";
  readonly major: number;
}

/** Why Millrace answers statements otherwise than PostgreSQL, and how far. */
export interface Reason {
  readonly why: string;
  readonly files: readonly string[];
  /** In which settings; all of them unless told. */
  readonly applies?: (setting: Setting) => boolean;
  /** Whether the reason explains all of a difference. */
  explains(difference: Difference): boolean;
}

/** Ours is refused with that SQLSTATE, where PostgreSQL answers. */
function refused(sqlstate: string): Reason["explains"] {
  return ({ ours }) => ours.some((line) => line.startsWith(`ERROR ${sqlstate} `));
}

/** Both say the same once a line is told without what the reason changes; null leaves it out. */
function but(plain: (line: string) => string | null): Reason["explains"] {
  return ({ ours, theirs }) => {
    const [left, right] = [ours, theirs].map((lines) =>
      lines.map(plain).filter((line) => line !== null),
    );
    return JSON.stringify(left) === JSON.stringify(right);
  };
}

/** The same, where rows that sort alike may stand in any order. */
function butUnordered(plain: (line: string) => string | null): Reason["explains"] {
  const same = but(plain);
  return ({ ours, theirs, ...rest }) =>
    same({ ...rest, ours: [...ours].sort(), theirs: [...theirs].sort() });
}

/** A row with some of its cells, by their numbers from 0, left out. */
function withoutCells(line: string, ...cells: readonly number[]): string {
  if (!line.startsWith("row ")) return line;
  const row = JSON.parse(line.slice(4)) as readonly unknown[];
  return JSON.stringify(row.map((value, index) => (cells.includes(index) ? "?" : value)));
}

const isCount = (line: string): boolean => /^SELECT \d+$/.test(line);

const inside = ({ place }: Setting): boolean => place === "inside";

const newer = ({ major }: Setting): boolean => major > 15;

/** Cells of a row of pg_attribute. */
const [ATTBYVAL, ATTSTATTARGET] = [8, 21];

/** Newer ones have that package not, and refuse psql 15's query. */
const by15 = ({ major }: Setting): boolean => major === 15;

/** Every statement of the corpus that is answered otherwise than by PostgreSQL. */
export const REASONS: readonly Reason[] = [
  {
    why: "version() names the program",
    files: [
      "knex--schema--01.sql",
      "src-dbeaver--connect-3.sql",
      "src-npgsql--connect-version.sql",
    ],
    explains: but((line) => line.replace(/(PostgreSQL [\d.]+) .*/, "$1")),
  },
  {
    why: "a foreign table has the size of its files; PostgreSQL asks none for it",
    files: [
      "psql15--backslash-d-plus--01.sql",
      "src-airbyte--table-size.sql",
      "src-dbeaver--statistics.sql",
    ],
    explains: but((line) => line.replaceAll(/"(8192|0)( bytes)?"/g, '"a size"')),
  },
  {
    why: "privileges are those of PostgreSQL 15, which has no MAINTAIN (m)",
    files: ["psql15--backslash-z--01.sql", "src-dbeaver--tables.sql"],
    applies: newer,
    explains: but((line) => line.replaceAll("arwdDxtm", "arwdDxt")),
  },
  {
    why: "the system catalog has functions of its own to tell of the engine",
    files: ["pgcli--completer--08.sql", "psql15--backslash-df-pattern--01.sql"],
    explains: butUnordered((line) => {
      // The other side's wrapper has a function too, so that it can be compared with at all.
      return /millrace_|parquet_handler/.test(line) || isCount(line) ? null : line;
    }),
  },
  {
    why: "server_version names no package it came in",
    files: ["sequelize--introspection--09.sql"],
    applies: by15,
    explains: but((line) => line.replace(/ \(Debian [^)]*\)/, "")),
  },
  {
    why: "the mirror's database has the mirror's own functions in it",
    files: ["psql15--backslash-l-plus--01.sql"],
    applies: by15,
    explains: but((line) => line.replace(/"\d+ kB"/, "size")),
  },
  {
    why: "PGlite is built for 32 bits: types of 8 bytes are passed by reference",
    applies: inside,
    files: ["src-dbeaver--types.sql"],
    // typlen and typalign of pointers, typbyval.
    explains: but((line) => withoutCells(line, 5, 6, 23)),
  },
  {
    why: "attstattarget tells no value as before PostgreSQL 17: pg_dump asks for what is reported",
    files: ["src-dbeaver--columns.sql"],
    applies: (setting) => !inside(setting) && newer(setting),
    explains: but((line) => withoutCells(line, ATTSTATTARGET)),
  },
  {
    why: "the same, and PGlite is built for 32 bits: a column of 8 bytes is passed by reference",
    files: ["src-dbeaver--columns.sql"],
    applies: inside,
    explains: but((line) => withoutCells(line, ATTBYVAL, ATTSTATTARGET)),
  },
  {
    why: "tables that initdb makes have other OIDs in another build, and TOAST tables their names",
    applies: inside,
    files: ["psql15--backslash-dt-star--01.sql"],
    explains: but((line) => line.replace(/pg_toast_\d+/, "pg_toast_N")),
  },
  {
    why: "an object's OID stands inside a JSON text",
    files: ["src-hasura--source-metadata.sql"],
    explains: but((line) => line.replace(/\\"oid\\": \d+/, "oid")),
  },
  {
    why: "another cluster has frozen other transactions",
    files: ["src-dbeaver--connect-4.sql"],
    // datfrozenxid
    applies: inside,
    explains: but((line) => withoutCells(line, 10)),
  },
  {
    why: "there are no extensions that one could install but plpgsql",
    files: ["src-dbeaver--extensions.sql"],
    applies: inside,
    explains: but((line) => (line.includes('"plpgsql"') ? line : null)),
  },
  {
    why: "settings are the server's own, and so is what differs from their defaults",
    files: ["psql15--backslash-dconfig-nondefault--01.sql"],
    explains: but((line) => (line.startsWith("columns") ? line : null)),
  },
  {
    why: "pg_settings alone is the engine's: without enumvals' array, categories and long texts",
    files: ["src-dbeaver--settings.sql"],
    explains: but((line) => withoutCells(line.replace(/"typeOid":(25|1009)/g, "type"), 3, 4)),
  },
  {
    why: "sessions are this server's own, told without the types inet and xid",
    files: ["src-dbeaver--sessions.sql"],
    explains: but((line) => {
      if (!line.startsWith("columns")) return null;
      return line.replaceAll(/"typeOid":(20|25|28|869)\b/g, "type");
    }),
  },
  {
    why: "PostgreSQL divides by zero while it plans, before it tells the columns",
    files: ["psql15--on-error-rollback--05.sql"],
    explains: but((line) => (line.startsWith("columns") ? null : line)),
  },
  {
    why: "there are no sequences",
    files: ["dbd-pg--meta--20.sql"],
    explains: refused("0A000"),
  },
  {
    why: "a relation of the engine has no ctid",
    files: ["src-airbyte--ctid-check.sql"],
    explains: refused("42703"),
  },
  {
    why: "EXPLAIN shows a plan of this engine",
    files: ["src-superset--explain-estimate.sql"],
    explains: ({ ours, theirs }) => {
      return ours[0] === theirs[0] && ours.at(-1) === theirs.at(-1) && ours.length > 2;
    },
  },
];

/** Statements that read tables, which PostgreSQL can only from tables of its own. */
export const READING: ReadonlySet<string> = new Set([
  "dbd-pg--meta--21.sql",
  "django--introspection--04.sql",
  "php-pdo--meta--01.sql",
  "php-pgsql--meta--02.sql",
  "src-airbyte--ctid-check.sql",
  "src-superset--explain-estimate.sql",
  "src-tableau--limit0.sql",
]);
