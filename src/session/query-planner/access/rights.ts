import {
  DATABASE_OBJECT,
  isSystemSchema,
  PREDEFINED,
  PRIVILEGE,
  SERVER_OBJECT,
  type CatalogVersion,
  type RelationEntry,
  type SchemaEntry,
} from "../../../catalog/index.js";
import {
  mayNotNamePaths,
  mayNotReadFiles,
  mustBeMember,
  mustBeOwner,
  permissionDenied,
  type SecuredKind,
} from "../../../errors/index.js";
import type { StatementContext } from "../../planner.js";
import { actorOf } from "./actor.js";

/** What messages call a relation. */
export function securedKind({ kind }: Pick<RelationEntry, "kind">): SecuredKind {
  return kind === "view" ? "view" : "foreign table";
}

/** What one role may do in one version of the catalog. Every check throws 42501. */
export class Rights {
  private readonly isSuperuser: boolean;

  constructor(
    private readonly version: CatalogVersion,
    readonly role: number,
    private readonly databaseName: string,
  ) {
    this.isSuperuser = version.security.isSuperuser(role);
  }

  /** The current user's. */
  static of(context: StatementContext, version: CatalogVersion): Rights {
    const { currentUser } = actorOf(context, version.security);
    return new Rights(version, currentUser, context.session.database);
  }

  /** Whether names in the schema may be looked up. */
  usesSchema(name: string): boolean {
    if (this.isSuperuser || isSystemSchema(name)) return true;
    const schema = this.version.schemas.get(name);
    return schema === undefined || this.has(schema.oid, "schema", PRIVILEGE.usage);
  }

  checkUsesSchema(name: string, position?: number): void {
    if (!this.usesSchema(name)) throw permissionDenied("schema", name, position);
  }

  /** CREATE on a schema that is there. */
  checkCreatesIn(name: string): void {
    const schema = this.version.schemas.get(name);
    if (schema === undefined || this.has(schema.oid, "schema", PRIVILEGE.create)) return;
    throw permissionDenied("schema", name);
  }

  checkCreatesSchemas(): void {
    if (this.has(DATABASE_OBJECT, "database", PRIVILEGE.create)) return;
    throw permissionDenied("database", this.databaseName);
  }

  /** To make tables over files one needs the server that reads them. */
  checkUsesServer(name: string): void {
    if (this.readsFiles()) return;
    const may = this.has(SERVER_OBJECT, "server", PRIVILEGE.usage);
    throw may ? mayNotNamePaths() : permissionDenied("foreign server", name);
  }

  checkReadsFiles(functionName: string): void {
    if (!this.readsFiles()) throw mayNotReadFiles(functionName);
  }

  /** SELECT on the relation, or on each of the columns; on any column where none is read. */
  maySelect(entry: { readonly oid: number }, columns: ReadonlySet<number>): boolean {
    if (this.has(entry.oid, "relation", PRIVILEGE.select)) return true;
    const { security } = this.version;
    const readable = (column: number): boolean =>
      (security.columnPrivileges(this.role, entry.oid, column) & PRIVILEGE.select) !== 0;
    if (columns.size > 0) return [...columns].every(readable);
    return [...security.columnAcls(entry.oid).keys()].some(readable);
  }

  checkSelect(
    entry: { readonly oid: number; readonly kind: RelationEntry["kind"]; readonly name: string },
    columns: ReadonlySet<number>,
  ): void {
    if (!this.maySelect(entry, columns)) throw permissionDenied(securedKind(entry), entry.name);
  }

  owns(oid: number): boolean {
    const { security } = this.version;
    return this.isSuperuser || security.hasRightsOf(this.role, security.ownerOf(oid));
  }

  checkOwnsSchema({ oid, name }: SchemaEntry): void {
    if (!this.owns(oid)) throw mustBeOwner("schema", name);
  }

  checkOwns(entry: RelationEntry): void {
    if (!this.owns(entry.oid)) throw mustBeOwner(securedKind(entry), entry.name);
  }

  checkOwnsColumnsOf({ oid, name }: RelationEntry): void {
    if (!this.owns(oid)) throw mustBeOwner("relation", name);
  }

  checkOwnsDatabase(): void {
    if (!this.owns(DATABASE_OBJECT)) throw mustBeOwner("database", this.databaseName);
  }

  /** Dropping: the owner of the schema may, too. */
  checkDrops(entry: RelationEntry): void {
    const schema = this.version.schemas.get(entry.schema);
    if (schema !== undefined && this.owns(schema.oid)) return;
    this.checkOwns(entry);
  }

  /** Whether statistics of the relation may be gathered. */
  analyzes(oid: number): boolean {
    return this.owns(oid) || this.owns(DATABASE_OBJECT);
  }

  checkMemberOf(role: number): void {
    const { security } = this.version;
    if (!security.isMember(this.role, role)) throw mustBeMember(security.nameOf(role));
  }

  private readsFiles(): boolean {
    return this.version.security.hasRightsOf(this.role, PREDEFINED.pg_read_server_files);
  }

  private has(
    oid: number,
    kind: "relation" | "schema" | "database" | "server",
    bit: number,
  ): boolean {
    if (this.isSuperuser) return true;
    return (this.version.security.privileges(this.role, oid, kind) & bit) !== 0;
  }
}
