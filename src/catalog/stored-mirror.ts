import { findFiles } from "./files/data-files.js";
import type { CatalogVersion, RelationEntry, TableEntry, ViewEntry } from "./catalog-version.js";
import { formatType, TYPE_FACTS, type SqlType } from "../types/index.js";
import { aclText, type Acl } from "./security/acl.js";
import { isPredefined, type RoleSetting } from "./security/role.js";
import type { SecurityVersion } from "./security/security-version.js";
import type { StoredCatalog } from "./stored-catalog.js";
import type {
  MirrorColumn,
  MirrorOwnership,
  MirrorRelation,
  MirrorRole,
  MirrorScopes,
  MirrorSettings,
  MirrorSource,
  MirrorState,
} from "./system/mirror/mirror-state.js";

/** The stored catalog as the system catalog's mirror reads it. */
export class StoredMirror implements MirrorSource {
  /** Sizes of tables' files, by how often their table was sampled: looked at anew after each. */
  private readonly sizes = new Map<TableEntry, { readonly at: string; readonly bytes: number }>();

  constructor(private readonly catalog: StoredCatalog) {}

  get mirrorVersion(): string {
    return this.versionText(this.catalog.definitions.current);
  }

  mirrorState(): Promise<MirrorState> {
    return this.stateOf(this.catalog.definitions.current);
  }

  /** The catalog with a transaction's definitions. */
  of(version: CatalogVersion): MirrorSource {
    const mirrorVersion = this.versionText(version);
    return { mirrorVersion, mirrorState: () => this.stateOf(version) };
  }

  private versionText({ number }: CatalogVersion): string {
    return `${String(number)} ${String(this.catalog.statisticsVersion)}`;
  }

  private async stateOf(current: CatalogVersion): Promise<MirrorState> {
    const schemas = [...current.schemas.values()].map(({ oid, name }) => ({
      oid,
      name,
      comment: current.comment(oid),
      ...ownership(oid, current.security),
    }));
    const relations: MirrorRelation[] = [];
    for (const entry of current.relations.values()) {
      relations.push(await this.relation(entry, current));
    }
    for (const entry of this.sizes.keys()) {
      const isThere = [current, this.catalog.definitions.current].some((version) => {
        return version.relations.get(entry.oid) === entry;
      });
      if (!isThere) this.sizes.delete(entry);
    }
    const { security } = current;
    return { schemas, relations, roles: mirrorRoles(security), scopes: mirrorScopes(security) };
  }

  private async relation(entry: RelationEntry, version: CatalogVersion): Promise<MirrorRelation> {
    const { oid, schema, name } = entry;
    const { schemas, security } = version;
    const columnAcls = security.columnAcls(oid);
    const shared = {
      oid,
      schema,
      schemaOid: schemas.get(schema)?.oid ?? 0,
      name,
      columns: entry.columns.map((column, index) =>
        mirrorColumn(
          column,
          version.comment(oid, index + 1),
          columnAcls.get(index + 1)?.flatMap((item) => aclItems([item], security)),
        ),
      ),
      comment: version.comment(oid),
      ...ownership(oid, security),
    };
    if (entry.kind === "view") return { ...shared, ...viewFields(entry) };
    return {
      ...shared,
      kind: "table",
      options: [`path=${entry.path}`],
      rowCount: this.catalog.sampledRowCount(oid) ?? -1,
      sizeBytes: await this.sizeOf(entry),
    };
  }

  private async sizeOf(entry: TableEntry): Promise<number> {
    const at = String(this.catalog.sampledRowCount(entry.oid) ?? "");
    const known = this.sizes.get(entry);
    if (known?.at === at) return known.bytes;
    // What is no longer there has no size; reading the table says what is wrong.
    const files = await findFiles(entry.location).catch(() => []);
    const bytes = Number(files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0n));
    this.sizes.set(entry, { at, bytes });
    return bytes;
  }
}

/** The database that there always is, as which the mirror's only one is shown. */
const DATABASE_NAME = "millrace";

/** Whose an object is and what was granted on it; the bootstrap superuser and defaults stay unsaid. */
function ownership(oid: number, security: SecurityVersion): MirrorOwnership {
  const { owner, acl } = security.access(oid);
  return { ownerOid: owner, acl: acl === undefined ? undefined : aclItems(acl, security) };
}

function aclItems(acl: Acl, security: SecurityVersion): readonly string[] {
  return acl.map((item) => aclText([item], (role) => security.nameOf(role)).slice(1, -1));
}

/** All roles but those PostgreSQL has by itself. */
function mirrorRoles({ roles, memberships }: SecurityVersion): readonly MirrorRole[] {
  return [...roles.values()]
    .filter(({ oid }) => !isPredefined(oid))
    .map((role) => ({
      oid: role.oid,
      name: role.name,
      superuser: role.superuser,
      login: role.login,
      inherit: role.inherit,
      createRole: role.createRole,
      createDatabase: role.createDatabase,
      replication: role.replication,
      bypassRowSecurity: role.bypassRowSecurity,
      connectionLimit: role.connectionLimit,
      memberOf: memberships.filter(({ member }) => member === role.oid).map((one) => one.role),
      comment: undefined,
    }));
}

const OBJECT_TYPES = {
  relation: "r",
  sequence: "S",
  function: "f",
  type: "T",
  schema: "n",
} as const;

function mirrorScopes(security: SecurityVersion): MirrorScopes {
  const { roles, scopedSettings, defaults } = security;
  const entriesOf = (settings: readonly RoleSetting[]): readonly string[] =>
    settings.map(({ name, value }) => `${name}=${value}`);
  const everywhere = [...roles.values()]
    .filter(({ settings }) => settings.length > 0)
    .map(({ oid, settings }): MirrorSettings => {
      return { roleOid: oid, inDatabase: false, entries: entriesOf(settings) };
    });
  const scoped = scopedSettings
    .filter(({ database }) => database === undefined || database === DATABASE_NAME)
    .map(({ role, database, settings }): MirrorSettings => {
      const inDatabase = database !== undefined;
      return { roleOid: role ?? 0, inDatabase, entries: entriesOf(settings) };
    });
  return {
    settings: [...everywhere, ...scoped],
    defaultAcls: defaults.map(({ role, schema, kind, acl }) => ({
      roleOid: role,
      schemaOid: schema ?? 0,
      objectType: OBJECT_TYPES[kind],
      acl: aclItems(acl, security),
    })),
  };
}

function mirrorColumn(
  column: { readonly name: string; readonly type: SqlType; readonly nullable?: boolean },
  comment: string | undefined,
  acl: readonly string[] | undefined,
): MirrorColumn {
  const { name, type, nullable } = column;
  return {
    name,
    typeOid: TYPE_FACTS[type.name].oid,
    typmod: type.typmod,
    typeText: formatType(type),
    nullable: nullable ?? true,
    comment,
    acl,
  };
}

function viewFields({
  queryText,
  searchPath,
  reads,
}: ViewEntry): Pick<
  Extract<MirrorRelation, { kind: "view" }>,
  "kind" | "queryText" | "searchPath" | "reads"
> {
  return { kind: "view", queryText, searchPath, reads };
}
