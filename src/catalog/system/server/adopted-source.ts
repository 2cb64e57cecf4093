import { BOOTSTRAP_ROLE } from "../mirror/catalog-rows.js";
import type {
  MirrorOwnership,
  MirrorRole,
  MirrorSource,
  MirrorState,
} from "../mirror/mirror-state.js";
import type { MirrorKeeper } from "./mirror-keeper.js";

/** Of those that no PostgreSQL gives out after initdb. */
const ADOPTED_ROLE = 16_383;
const PUBLIC_SCHEMA = 2200;

/**
 * What the mirror shows in a PostgreSQL that has a bootstrap superuser already: the engine's own is a
 * role beside it, or the superuser of that name who is there.
 */
export class AdoptedSource implements MirrorSource {
  private bootstrapOid = BOOTSTRAP_ROLE;

  constructor(
    private readonly source: MirrorSource,
    private readonly keeper: MirrorKeeper,
  ) {}

  get mirrorVersion(): string {
    return this.source.mirrorVersion;
  }

  /** The OID by which the mirror shows a role of the engine. */
  shownRole = (oid: number): number => (oid === BOOTSTRAP_ROLE ? this.bootstrapOid : oid);

  mirrorState(): Promise<MirrorState> {
    return this.stateOf(this.source);
  }

  /** Another source, such as a transaction's own, shown by the same rules. */
  like(source: MirrorSource): MirrorSource {
    const { mirrorVersion } = source;
    return { mirrorVersion, mirrorState: () => this.stateOf(source) };
  }

  private async stateOf(source: MirrorSource): Promise<MirrorState> {
    const { schemas, relations, roles } = await source.mirrorState();
    if (roles === null) return { schemas, relations, roles };
    const own = roles.find(({ oid }) => oid === BOOTSTRAP_ROLE);
    const foreign = own === undefined ? null : await this.keeper.foreignSuperuser(own.name);
    this.bootstrapOid = foreign ?? ADOPTED_ROLE;
    const written = roles
      .filter((role) => role !== own || foreign === null)
      .map((role): MirrorRole => {
        const memberOf = role.memberOf.map(this.shownRole);
        return { ...role, oid: this.shownRole(role.oid), memberOf };
      });
    await this.keeper.claimRoles(written);
    return {
      schemas: schemas.map((schema) => {
        // Every PostgreSQL has this one as its own.
        return schema.oid === PUBLIC_SCHEMA ? schema : this.adopted(schema);
      }),
      relations: relations.map((relation) => this.adopted(relation)),
      roles: written,
    };
  }

  private adopted<T extends MirrorOwnership>(entry: T): T {
    return { ...entry, ownerOid: this.shownRole(entry.ownerOid ?? BOOTSTRAP_ROLE) };
  }
}
