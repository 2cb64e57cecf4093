/** A column of a mirrored relation. */
export interface MirrorColumn {
  readonly name: string;
  readonly typeOid: number;
  readonly typmod: number;
  /** The type as SQL writes it. */
  readonly typeText: string;
  readonly nullable: boolean;
  readonly comment: string | undefined;
  /** Grants on this column alone. */
  readonly acl: readonly string[] | undefined;
}

/** Who owns an object and may do what with it; undefined is the bootstrap superuser, and nobody. */
export interface MirrorOwnership {
  readonly ownerOid: number | undefined;
  /** aclitems as PostgreSQL prints them (`reader=r/owner`); undefined is the default. */
  readonly acl: readonly string[] | undefined;
}

export interface MirrorSchema extends MirrorOwnership {
  readonly oid: number;
  readonly name: string;
  readonly comment: string | undefined;
}

interface MirrorRelationFields extends MirrorOwnership {
  readonly oid: number;
  readonly schemaOid: number;
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly MirrorColumn[];
  readonly comment: string | undefined;
}

export interface MirrorTable extends MirrorRelationFields {
  readonly kind: "table";
  /** `name=value`, as pg_foreign_table keeps them. */
  readonly options: readonly string[];
  /** As pg_class.reltuples: -1 while nobody counted. */
  readonly rowCount: number;
  readonly sizeBytes: number;
}

export interface MirrorView extends MirrorRelationFields {
  readonly kind: "view";
  readonly queryText: string;
  readonly searchPath: readonly string[];
  /** OIDs of the relations it reads. */
  readonly reads: readonly number[];
}

export type MirrorRelation = MirrorTable | MirrorView;

/** A role as pg_authid shows it; its OID is the engine's. */
export interface MirrorRole {
  readonly oid: number;
  readonly name: string;
  readonly superuser: boolean;
  readonly login: boolean;
  readonly inherit: boolean;
  readonly createRole: boolean;
  readonly createDatabase: boolean;
  readonly replication: boolean;
  readonly bypassRowSecurity: boolean;
  readonly connectionLimit: number;
  /** OIDs of the roles it is a member of. */
  readonly memberOf: readonly number[];
  readonly comment: string | undefined;
}

/** Settings that some sessions start with. */
export interface MirrorSettings {
  /** 0 is every role. */
  readonly roleOid: number;
  /** In the one database there is, as against everywhere. */
  readonly inDatabase: boolean;
  /** `name=value`. */
  readonly entries: readonly string[];
}

/** What is to hold for objects to come. */
export interface MirrorDefaultAcl {
  readonly roleOid: number;
  /** 0 is every schema. */
  readonly schemaOid: number;
  /** As pg_default_acl.defaclobjtype. */
  readonly objectType: "r" | "S" | "f" | "T" | "n";
  readonly acl: readonly string[];
}

export interface MirrorScopes {
  readonly settings: readonly MirrorSettings[];
  readonly defaultAcls: readonly MirrorDefaultAcl[];
}

/** All that the system catalog shows of the engine at one moment. */
export interface MirrorState {
  readonly schemas: readonly MirrorSchema[];
  readonly relations: readonly MirrorRelation[];
  /** Null where the engine keeps no roles: each that comes is made as it comes. */
  readonly roles: readonly MirrorRole[] | null;
  /** Undefined where the engine keeps none. */
  readonly scopes?: MirrorScopes;
}

/** Where the mirror looks. */
export interface MirrorSource {
  /** Changes whenever the state does; asked before each statement, so it must be cheap. */
  readonly mirrorVersion: string;
  mirrorState(): Promise<MirrorState>;
}
