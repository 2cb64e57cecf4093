import pg from "pg";

/** The mirror's database where the address names none. */
const DEFAULT_DATABASE = "millrace_catalog";
const CONNECT_TIMEOUT_MS = 10_000;

/** A PostgreSQL as its address tells, with a password that nothing prints. */
export class ServerAddress {
  /** One line for people. */
  readonly title: string;
  /** The database that the mirror is kept in, by the name it has at home. */
  readonly home: string;
  readonly #told: pg.ClientConfig;

  /** `url`: postgres://user:password@host:port/database, or ?host=/folder/of/its/socket. */
  constructor(url: string) {
    // What the address leaves out comes from PGHOST, PGPASSWORD, .pgpass … as for every client.
    const { host, port, user, password, ssl } = new pg.Client({ connectionString: url });
    this.home = databaseOf(url) ?? DEFAULT_DATABASE;
    this.title = `PostgreSQL at ${host.startsWith("/") ? host : `${host}:${String(port)}`}`;
    this.#told = {
      host,
      port,
      ssl,
      ...(user === undefined ? {} : { user }),
      ...(typeof password === "string" ? { password } : {}),
      application_name: "millrace",
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
    };
  }

  /** A client that is not connected yet; `settings` hold for its session. */
  client(database: string, settings: Readonly<Record<string, string>> = {}): pg.Client {
    const options = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
    return new pg.Client({ ...this.#told, database, options: options.join(" ") });
  }
}

function databaseOf(url: string): string | null {
  const path = /^[a-z]+:\/\/[^/?#]*\/([^?#]*)/i.exec(url)?.[1] ?? "";
  return path === "" ? null : decodeURIComponent(path);
}
