/**
 * catalog: schemas, tables, files and views, and the snapshots that statements are bound against.
 *
 * May import errors, env, types, plan and functions. Invariants: a snapshot never changes, so binding
 * is synchronous and a plan speaks of exactly one version; what a change made stands on the disk
 * before anyone sees it; statistics are hints. Files are read through FileInspector, which the engine
 * implements. Start reading at snapshot.ts, then stored-catalog.ts and definitions.ts.
 */
export {
  isSystemSchema,
  type CatalogVersion,
  type RelationEntry,
  type SchemaEntry,
  type TableEntry,
  type ViewEntry,
} from "./catalog-version.js";
export { checkReplacement } from "./definitions.js";
export type {
  CatalogDraft,
  Definitions,
  NoticeSink,
  SchemaImport,
  TableDefinition,
  ViewDefinition,
} from "./definitions.js";
export type {
  FileInspection,
  FileInspector,
  InspectedColumn,
  SampledColumn,
} from "./files/file-inspector.js";
export { foldName, type DeclaredColumn } from "./files/table-columns.js";
export type {
  Catalog,
  CatalogRelation,
  CatalogSnapshot,
  CatalogTable,
  CatalogView,
  FileScanRequest,
  RelationName,
  SnapshotRequest,
} from "./snapshot.js";
export { DATABASE_COMMENT } from "./rebase.js";
export { StorePlaceError } from "./store/store-place.js";
export type { StoredDefinitions } from "./stored-definitions.js";
export { sameSnapshot, StoredCatalog, type StoredCatalogOptions } from "./stored-catalog.js";
export {
  ALL_PRIVILEGES,
  aclText,
  defaultAcl,
  grantableBy,
  PRIVILEGE,
  withGrant,
  withoutGrant,
  withOwner,
  type Acl,
  type AclItem,
  type AclKind,
} from "./security/acl.js";
export { RoleLogins } from "./security/role-logins.js";
export {
  BOOTSTRAP_ROLE,
  BOOTSTRAP_ROLE_NAME,
  isPredefined,
  newRole,
  PREDEFINED,
  type Role,
} from "./security/role.js";
export {
  makeVerifier,
  parseVerifier,
  passwordMatches,
  SCRAM_ITERATIONS,
  SCRAM_KEY_BYTES,
  SCRAM_SALT_BYTES,
  scramHash,
  scramHmac,
  verifierText,
  type ScramVerifier,
} from "./security/scram.js";
export {
  DATABASE_OBJECT,
  SecurityVersion,
  SERVER_OBJECT,
  type DefaultPrivileges,
} from "./security/security-version.js";
export type { CatalogLink, CatalogPlace } from "./system/link.js";
export type { LiveRow, LiveView } from "./system/live-view.js";
export type { MirrorSource, MirrorState } from "./system/mirror/mirror-state.js";
export { StoredMirror } from "./stored-mirror.js";
export { SETTINGS_FUNCTION, SHOWN_SETTINGS } from "./system/mirror/prelude.js";
export { PglitePlace } from "./system/pglite/pglite-place.js";
export { ServerAddress } from "./system/server/server-address.js";
export { ServerCatalog, type ServerCatalogOptions } from "./system/server/server-catalog.js";
export { SupervisedCatalog, type SupervisedOptions } from "./system/supervised-catalog.js";
export type {
  CatalogAnswer,
  CatalogFacts,
  CatalogRequest,
  SessionFrame,
  SystemCatalog,
} from "./system/system-catalog.js";
export { type Batch, type WireParameter } from "./system/wire/batch.js";
export { TAG as REPLY_TAG, type DescribedColumn, type Reply } from "./system/wire/reply.js";
