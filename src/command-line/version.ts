/** The product's version, that of package.json. */
export const VERSION = "0.1.0";

/**
 * What server_version tells unless told otherwise. What clients do with the catalogs hangs on it: the
 * system catalog is a PostgreSQL 18, and psql 15 and 16 ask a 15 to 17 for a column that no longer
 * is, where psql of every release browses a 14.
 */
export const POSTGRES_VERSION = "14.20";

/** psql 15 and 16 browse no newer one that tells its own version. */
const NEWEST_BROWSED_MAJOR = 16;

/** What server_version tells over a system catalog of that version: its own where psql browses it. */
export function reportedVersion(catalogVersion: string): string {
  const isBrowsed = Number.parseInt(catalogVersion) <= NEWEST_BROWSED_MAJOR;
  return isBrowsed ? catalogVersion : POSTGRES_VERSION;
}

/** What version() answers: clients read the number behind the first word. */
export function versionText(version: string): string {
  return `PostgreSQL ${version} (Millrace ${VERSION}) on ${process.platform}-${process.arch}`;
}

/** server_version_num: 15.18 is 150018. */
export function versionNumber(version: string): number {
  const [major = "0", minor = "0"] = version.split(".");
  return Number(major) * 10_000 + Number(minor);
}
