/** The product's version, that of package.json. */
export const VERSION = "0.1.0";

/** The PostgreSQL release whose behaviour is kept to, as server_version tells it. */
export const POSTGRES_VERSION = "15.18";

/** What version() answers: clients read the number behind the first word. */
export function versionText(): string {
  return `PostgreSQL ${POSTGRES_VERSION} (Millrace ${VERSION}) on ${process.platform}-${process.arch}`;
}

/** server_version_num: 15.18 is 150018. */
export function versionNumber(): number {
  const [major = "0", minor = "0"] = POSTGRES_VERSION.split(".");
  return Number(major) * 10_000 + Number(minor);
}
