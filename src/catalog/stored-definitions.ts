import { isDeepStrictEqual } from "node:util";
import { CatalogVersion, type RelationEntry, type TableEntry } from "./catalog-version.js";
import { Definitions, type CatalogDraft, type DefinitionServices } from "./definitions.js";
import type { PinnedRelations } from "./pinned-relations.js";
import { rebased } from "./rebase.js";
import type { MetadataStore } from "./store/metadata-store.js";
import { StoreMovedOn } from "./store/store-place.js";

/** Told of what was committed. */
export interface DefinitionListener {
  tableCreated(entry: TableEntry): void;
  /** It is gone, or another definition has its OID. */
  relationEnded(oid: number): void;
}

/** What is defined, as it stands in the metadata store; drafts become so by being committed. */
export class StoredDefinitions {
  private version: CatalogVersion;
  private nextOid: number;
  private drafts = 0n;
  private readonly services: DefinitionServices;
  /** The end of the queue of those who write. */
  private tail: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly store: MetadataStore,
    loaded: { readonly version: CatalogVersion; readonly nextOid: number },
    pinned: PinnedRelations,
    private readonly listener: DefinitionListener,
  ) {
    this.version = loaded.version;
    this.nextOid = loaded.nextOid;
    this.services = {
      pinned,
      newOid: () => this.nextOid++,
      newDraftNumber: () => (this.drafts -= 1n),
    };
  }

  get current(): CatalogVersion {
    return this.version;
  }

  /** For a statement of a transaction that has made `draft`; 40001 where others were in its way. */
  async edit(draft: CatalogDraft | null): Promise<Definitions> {
    // Whoever commits already is first in any case: better to see what they do than to meet it.
    await this.tail;
    const base = this.version;
    const version = draft === null ? base : rebased(draft, base);
    return new Definitions(base, version, this.services);
  }

  /** Makes a draft what is defined; it stands in the store when this resolves. */
  commit(draft: CatalogDraft): Promise<void> {
    return this.inTurn(async () => {
      try {
        await this.write(draft);
      } catch (error) {
        if (!(error instanceof StoreMovedOn)) throw error;
        await this.load();
        await this.write(draft);
      }
    });
  }

  /** One change by itself: edited and committed. */
  async change<T>(edit: (definitions: Definitions) => T | Promise<T>): Promise<T> {
    const definitions = await this.edit(null);
    const result = await edit(definitions);
    const draft = definitions.draft();
    if (draft !== null) await this.commit(draft);
    return result;
  }

  /** Reads what is defined from the store, which was out of reach for a while. */
  reload(): Promise<void> {
    return this.inTurn(() => this.load());
  }

  private async load(): Promise<void> {
    const { version, nextOid } = await this.store.load();
    this.nextOid = Math.max(this.nextOid, nextOid);
    if (version.number !== this.version.number) this.adopt(withKnownEntries(version, this.version));
  }

  private async write(draft: CatalogDraft): Promise<void> {
    const before = this.version;
    const after = rebased(draft, before).numbered(before.number + 1n);
    await this.store.write(before, after, this.nextOid);
    this.adopt(after);
  }

  private adopt(after: CatalogVersion): void {
    const before = this.version;
    this.version = after;
    for (const [oid, entry] of before.relations) {
      if (after.relations.get(oid) !== entry) this.listener.relationEnded(oid);
    }
    for (const [oid, entry] of after.relations) {
      if (entry.kind === "table" && !before.relations.has(oid)) this.listener.tableCreated(entry);
    }
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.tail.then(work, work);
    this.tail = turn.catch(() => undefined);
    return turn;
  }
}

/** Relations that another version defines alike as the entries of that one, by which others know them. */
function withKnownEntries(version: CatalogVersion, known: CatalogVersion): CatalogVersion {
  const { schemas, security, comments } = version;
  const relations = [...version.relations].map(([oid, entry]): [number, RelationEntry] => {
    const before = known.relations.get(oid);
    return [oid, before !== undefined && isDeepStrictEqual(before, entry) ? before : entry];
  });
  const parts = { schemas, security, comments, relations: new Map(relations) };
  return new CatalogVersion(version.number, parts);
}
