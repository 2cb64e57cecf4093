import type { Clock, Log, Random } from "../env/index.js";
import { SqlError } from "../errors/index.js";
import type { FileRelation } from "../plan/index.js";
import type { CatalogVersion, TableEntry } from "./catalog-version.js";
import type { CatalogDraft } from "./definitions.js";
import type { FileInspector } from "./files/file-inspector.js";
import { InspectionCache } from "./files/inspection-cache.js";
import { PinnedRelations } from "./pinned-relations.js";
import { RoleLogins } from "./security/role-logins.js";
import type {
  Catalog,
  CatalogRelation,
  CatalogSnapshot,
  FileScanRequest,
  RelationName,
  SnapshotRequest,
} from "./snapshot.js";
import { AnalysisQueue } from "./statistics/analysis-queue.js";
import type { TableSample } from "./statistics/table-statistics.js";
import { MetadataStore, type StoredState } from "./store/metadata-store.js";
import { PostgresPlace } from "./store/postgres-place.js";
import { SqlitePlace } from "./store/sqlite-place.js";
import type { StorePlace } from "./store/store-place.js";
import { StoredDefinitions } from "./stored-definitions.js";

export interface StoredCatalogOptions {
  readonly dataDirectory: string;
  /** The PostgreSQL database to keep definitions in; in the data directory where there is none. */
  readonly catalogUrl?: string;
  readonly inspector: FileInspector;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

const REMEMBERED_FILES = 65_536;
/** The setting with the secret that salts of unknown roles are made of. */
const MOCK_SECRET = "mock_authentication_secret";
const MOCK_SECRET_BYTES = 32;

/** An answer, or the error that asking for it brings. */
type Answer<T> = { readonly value: T } | { readonly error: SqlError };

/** The catalog: definitions in the metadata store, files as they are now. */
export class StoredCatalog implements Catalog {
  readonly definitions: StoredDefinitions;
  private readonly pinned: PinnedRelations;
  private readonly samples: Map<number, TableSample>;
  private readonly analyses: AnalysisQueue;
  private sampleCount = 0;

  private constructor(
    private readonly store: MetadataStore,
    loaded: StoredState,
    samples: ReadonlyMap<number, TableSample>,
    private readonly options: StoredCatalogOptions,
  ) {
    this.samples = new Map(samples);
    this.pinned = new PinnedRelations(new InspectionCache(options.inspector, REMEMBERED_FILES));
    this.analyses = new AnalysisQueue(options.log);
    this.definitions = new StoredDefinitions(store, loaded, this.pinned, {
      tableCreated: (entry) => this.analyses.add(entry.oid, () => this.analyze(entry)),
      relationEnded: (oid) => this.forget(oid),
    });
    store.onReturn(() => this.reload());
  }

  /** Throws StorePlaceError where what is kept cannot be served. */
  static async open(options: StoredCatalogOptions): Promise<StoredCatalog> {
    const { clock, random } = options;
    const place = await openPlace(options);
    const store = await MetadataStore.open(place, clock, random);
    try {
      if (store.setting(MOCK_SECRET) === undefined) {
        const secret = Buffer.from(random.bytes(MOCK_SECRET_BYTES)).toString("hex");
        await store.setSetting(MOCK_SECRET, secret);
      }
      return new StoredCatalog(store, await store.load(), await store.loadSamples(), options);
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  /** Ends sampling and closes the store; the file inspector must still be there. */
  async close(): Promise<void> {
    await this.analyses.close();
    await this.store.close();
  }

  /** Who may log in. */
  logins(): RoleLogins {
    const secret = Buffer.from(this.store.setting(MOCK_SECRET) ?? "", "hex");
    return new RoleLogins(() => this.definitions.current.security, secret);
  }

  /** The version that new statements are bound against. */
  get version(): bigint {
    return this.definitions.current.number;
  }

  setting(name: string): string | undefined {
    return this.store.setting(name);
  }

  setSetting(name: string, value: string): Promise<void> {
    return this.store.setSetting(name, value);
  }

  hasSchema(name: string): boolean {
    return this.definitions.current.hasSchema(name);
  }

  /** What a transaction sees: what it has made of the definitions, or what is committed. */
  versionIn({ draft }: { readonly draft: CatalogDraft | null }): CatalogVersion {
    return draft?.version ?? this.definitions.current;
  }

  snapshot(request: SnapshotRequest, base?: CatalogSnapshot): Promise<CatalogSnapshot> {
    return this.snapshotIn(null, request, base);
  }

  /** The same inside a transaction: at the version of its draft, else at that of `base`. */
  async snapshotIn(
    draft: CatalogDraft | null,
    request: SnapshotRequest,
    base?: CatalogSnapshot,
  ): Promise<CatalogSnapshot> {
    const before = base instanceof PinnedSnapshot ? base : undefined;
    const definitions = draft?.version ?? this.committedOf(before);
    const relations = new Map(before?.relationsAt(definitions));
    const fileScans = new Map(before?.fileScans);
    const work: Promise<unknown>[] = [];
    for (const name of request.relations) {
      const key = relationKey(name);
      const entry = definitions.relation(name);
      if (entry === undefined || relations.has(key)) continue;
      if (entry.kind === "view") relations.set(key, { value: entry });
      else work.push(this.answerTable(entry).then((answer) => relations.set(key, answer)));
    }
    for (const scan of request.fileScans) {
      const key = scanKey(scan);
      if (fileScans.has(key)) continue;
      work.push(this.pinned.fileScan(scan).then((relation) => fileScans.set(key, relation)));
    }
    if (work.length > 0) await Promise.all(work);
    return new PinnedSnapshot(definitions, relations, fileScans);
  }

  /** Samples a table and keeps what it tells. */
  async analyze(entry: TableEntry): Promise<void> {
    const relation = await this.pinned.table(entry, this.samples.get(entry.oid));
    const columns = await this.options.inspector.analyzeFiles(
      relation.format,
      relation.files.map(({ path }) => path),
      relation.columns.map(({ fileColumn }) => fileColumn),
    );
    // It may have been dropped meanwhile.
    if (this.definitions.current.relations.get(entry.oid) !== entry) return;
    const byName = new Map(columns.map((column) => [column.name, column]));
    const sample = { rowCount: relation.statistics.rowCount, columns: byName };
    await this.store.saveSample(entry.oid, sample);
    this.samples.set(entry.oid, sample);
    this.sampleCount += 1;
  }

  /** Changes with every sample. */
  get statisticsVersion(): number {
    return this.sampleCount;
  }

  /** Rows of a table when it was sampled last; undefined before. */
  sampledRowCount(oid: number): number | undefined {
    return this.samples.get(oid)?.rowCount;
  }

  /** Resolves when all that was defined has been sampled. */
  analyzed(): Promise<void> {
    return this.analyses.idle();
  }

  /** The version of a snapshot, unless it was a draft's that has been rolled back. */
  private committedOf(snapshot: PinnedSnapshot | undefined): CatalogVersion {
    const { current } = this.definitions;
    if (snapshot === undefined || snapshot.definitions.number < 0n) return current;
    return snapshot.definitions;
  }

  private reload(): void {
    this.definitions.reload().catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      this.options.log.warn("definitions could not be read again", { reason });
    });
  }

  private forget(oid: number): void {
    this.analyses.remove(oid);
    this.samples.delete(oid);
    this.pinned.forget(oid);
  }

  /** Whose files are broken fails the statement only if it reads them. */
  private async answerTable(entry: TableEntry): Promise<Answer<CatalogRelation>> {
    try {
      const relation = await this.pinned.table(entry, this.samples.get(entry.oid));
      return { value: { kind: "table", relation } };
    } catch (error) {
      if (error instanceof SqlError) return { error };
      throw error;
    }
  }
}

/** Where definitions are kept. The data directory is this server's alone in any case. */
async function openPlace(options: StoredCatalogOptions): Promise<StorePlace> {
  const { dataDirectory, catalogUrl, clock, log } = options;
  const directory = SqlitePlace.open(dataDirectory);
  if (catalogUrl === undefined) return directory;
  try {
    return await PostgresPlace.open(catalogUrl, clock, log, () => directory.close());
  } catch (error) {
    await directory.close();
    throw error;
  }
}

class PinnedSnapshot implements CatalogSnapshot {
  constructor(
    readonly definitions: CatalogVersion,
    readonly relations: ReadonlyMap<string, Answer<CatalogRelation>>,
    readonly fileScans: ReadonlyMap<string, FileRelation>,
  ) {}

  get version(): bigint {
    return this.definitions.number;
  }

  hasSchema(name: string): boolean {
    return this.definitions.hasSchema(name);
  }

  relation(name: RelationName): CatalogRelation | undefined {
    const answer = this.relations.get(relationKey(name));
    if (answer === undefined) return undefined;
    if ("error" in answer) throw answer.error;
    return answer.value;
  }

  fileScan(request: FileScanRequest): FileRelation | undefined {
    return this.fileScans.get(scanKey(request));
  }

  /** Answers for what another version defines alike. */
  relationsAt(version: CatalogVersion): ReadonlyMap<string, Answer<CatalogRelation>> {
    if (version === this.definitions) return this.relations;
    return new Map(
      [...this.relations].filter(([key]) => {
        const [schema = "", name = ""] = key.split("\0");
        return version.relation({ schema, name }) === this.definitions.relation({ schema, name });
      }),
    );
  }
}

/** Whether two snapshots answer alike, down to the files: a plan over one holds over the other. */
export function sameSnapshot(a: CatalogSnapshot, b: CatalogSnapshot): boolean {
  if (a === b) return true;
  if (!(a instanceof PinnedSnapshot) || !(b instanceof PinnedSnapshot)) return false;
  return (
    a.version === b.version &&
    sameEntries(a.relations, b.relations, (x, y) => valueOf(x) === valueOf(y)) &&
    sameEntries(a.fileScans, b.fileScans, (x, y) => x === y)
  );
}

function valueOf(answer: Answer<CatalogRelation>): unknown {
  if ("error" in answer) return answer;
  return answer.value.kind === "table" ? answer.value.relation : answer.value;
}

function sameEntries<T>(
  a: ReadonlyMap<string, T>,
  b: ReadonlyMap<string, T>,
  same: (x: T, y: T) => boolean,
): boolean {
  if (a.size !== b.size) return false;
  for (const [key, x] of a) {
    const y = b.get(key);
    if (y === undefined || !same(x, y)) return false;
  }
  return true;
}

function relationKey({ schema, name }: RelationName): string {
  return `${schema}\0${name}`;
}

function scanKey({ functionName, path }: FileScanRequest): string {
  return `${functionName}\0${path}`;
}
