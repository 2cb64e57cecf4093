import { COMPILED, SQL_TESTS } from "../runner/repository.js";
import { join } from "node:path";

/** One client program and what it needs. */
export interface Client {
  readonly name: string;
  /** Companions that the same program shows. */
  readonly with?: readonly string[];
  /** Debian packages it needs; none for those that come with the test suite. */
  readonly packages: readonly string[];
  /** Run with the program's folder as working directory. */
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Runs in `npm test` as well. */
  readonly quick?: boolean;
  /** Lines of the program's surroundings (process numbers, say) that are not compared. */
  readonly aside?: RegExp;
}

export const PROGRAMS = join(SQL_TESTS, "clients", "programs");

const GO = { GO111MODULE: "off", GOPATH: "/usr/share/gocode", GOFLAGS: "-mod=mod" };
const JDBC = "/usr/share/java/postgresql.jar";

function node(name: string): Client {
  const program = join(COMPILED, "sql-tests", "clients", "programs", `${name}.js`);
  return { name, packages: [], command: [process.execPath, program], quick: true, aside: /^\(/ };
}

function python(name: string, file: string, ...packages: readonly string[]): Client {
  return { name, packages, command: ["/usr/bin/python3", file] };
}

export const CLIENTS: readonly Client[] = [
  { name: "psql", packages: [], command: ["sh", "psql.sh"], quick: true },
  { ...node("node-postgres"), with: ["pg-cursor", "pg-query-stream", "pg-copy-streams"] },
  node("postgres-js"),
  node("kysely"),
  node("drizzle"),
  node("knex"),
  node("typeorm"),
  python("psycopg2", "psycopg2_tour.py", "python3-psycopg2"),
  python("psycopg3", "psycopg3_tour.py", "python3-psycopg"),
  python("asyncpg", "asyncpg_tour.py", "python3-asyncpg"),
  python("pg8000", "pg8000_tour.py", "python3-pg8000"),
  python("sqlalchemy", "sqlalchemy_tour.py", "python3-sqlalchemy", "python3-psycopg2"),
  python("pandas", "pandas_tour.py", "python3-pandas", "python3-sqlalchemy", "python3-psycopg2"),
  python("django", "django_tour.py", "python3-django", "python3-psycopg2"),
  {
    name: "pgjdbc",
    packages: ["libpostgresql-jdbc-java", "default-jdk-headless"],
    command: ["java", "-cp", JDBC, "JdbcTour.java"],
  },
  { name: "psqlodbc", packages: ["odbc-postgresql", "unixodbc"], command: ["sh", "isql.sh"] },
  {
    name: "dbd-pg",
    packages: ["libdbd-pg-perl"],
    command: ["/usr/bin/perl", "dbd_pg.pl"],
    aside: /^DBI::db/,
  },
  { name: "ruby-pg", packages: ["ruby-pg", "ruby"], command: ["/usr/bin/ruby", "ruby_pg.rb"] },
  { name: "php", packages: ["php-cli", "php-pgsql"], command: ["php", "php_tour.php"] },
  // Options and owners say where a table came from, which is not the same place.
  { ...python("pgcli", "pgcli_tour.py", "pgcli"), aside: /FDW Options: \(|'Owner'/ },
  {
    name: "lib-pq",
    packages: ["golang-go", "golang-github-lib-pq-dev"],
    command: ["go", "run", "lib_pq.go"],
    environment: GO,
  },
  {
    name: "pgx",
    packages: ["golang-go", "golang-github-jackc-pgx-v4-dev"],
    command: ["go", "run", "pgx.go"],
    environment: GO,
  },
  {
    name: "tokio-postgres",
    packages: ["cargo", "librust-tokio-postgres-dev", "librust-tokio-native-tls-dev"],
    command: ["sh", "tokio.sh"],
  },
  {
    name: "pgbouncer",
    packages: ["pgbouncer"],
    command: ["sh", "pgbouncer.sh", ...node("node-postgres").command],
    aside: /^\(/,
  },
];
