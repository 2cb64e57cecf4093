import type { Clock, Random } from "../../env/index.js";
import { CatalogVersion } from "../catalog-version.js";
import type { SampledColumn } from "../files/file-inspector.js";
import type { TableSample } from "../statistics/table-statistics.js";
import { commentChanges, loadComments } from "./comment-rows.js";
import { loadRelations, loadSchemas, relationChanges, schemaRows } from "./relation-rows.js";
import { FIRST_OID, PUBLIC_OID, STEPS, STORE_VERSION, storeTables } from "./schema.js";
import { firstSecurity, loadSecurity, securityChanges } from "./security-rows.js";
import { changesMade, snapshotRows } from "./snapshot-rows.js";
import {
  insertion,
  statement,
  StorePlaceError,
  text,
  type StorePlace,
  type StoreStatement,
} from "./store-place.js";

const SETTING = "INSERT INTO millrace_setting VALUES (?, ?)";
const SAMPLE = "INSERT INTO millrace_statistics VALUES (?, ?, ?)";

/** All that is defined, as the store has it. */
export interface StoredState {
  readonly version: CatalogVersion;
  /** No object has had it. */
  readonly nextOid: number;
}

/** Definitions, rights, statistics and settings in a place that survives. */
export class MetadataStore {
  private readonly settings = new Map<string, string>();

  private constructor(
    private readonly place: StorePlace,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** The store of a place, made or led on to this layout where it is not; closes it where it fails. */
  static async open(place: StorePlace, clock: Clock, random: Random): Promise<MetadataStore> {
    const store = new MetadataStore(place, clock, random);
    try {
      await store.prepare();
    } catch (error) {
      await place.close();
      if (error instanceof StorePlaceError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new StorePlaceError(`cannot open ${place.title}: ${reason}`);
    }
    return store;
  }

  close(): Promise<void> {
    return this.place.close();
  }

  /** Calls back whenever the store was out of reach and is there again. */
  onReturn(listener: () => void): void {
    this.place.onReturn(listener);
  }

  setting(name: string): string | undefined {
    return this.settings.get(name);
  }

  async setSetting(name: string, value: string): Promise<void> {
    const update = "ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    await this.place.write([statement(`${SETTING} ${update}`, name, value)]);
    this.settings.set(name, value);
  }

  /** Everything that is defined now. */
  async load(): Promise<StoredState> {
    const [last] = await this.place.rows(
      "SELECT snapshot_id, next_catalog_id FROM ducklake_snapshot ORDER BY 1 DESC LIMIT 1",
    );
    const schemas = await loadSchemas(this.place);
    const relations = await loadRelations(this.place, schemas);
    const version = new CatalogVersion(BigInt(Number(last?.["snapshot_id"] ?? 0)), {
      schemas: new Map(schemas.map((schema) => [schema.name, schema])),
      relations: new Map(relations.map((entry) => [entry.oid, entry])),
      security: await loadSecurity(this.place),
      comments: await loadComments(this.place),
    });
    return { version, nextOid: Number(last?.["next_catalog_id"]) };
  }

  /** Makes `after`, the version behind `before`, what is defined. */
  async write(before: CatalogVersion, after: CatalogVersion, nextOid: number): Promise<void> {
    const at = Number(after.number);
    const newUuid = (): string => this.newUuid();
    const changes = changesMade(before, after);
    await this.place.write([
      // First: where another server has written this version already, nothing else is tried.
      ...snapshotRows(at, this.clock.nowMicros(), nextOid, changes),
      ...relationChanges(before, after, at, newUuid),
      ...commentChanges(before, after, at),
      ...securityChanges(before.security, after.security),
    ]);
  }

  async loadSamples(): Promise<ReadonlyMap<number, TableSample>> {
    const rows = await this.place.rows("SELECT * FROM millrace_statistics");
    return new Map(
      rows.map((row) => {
        const columns = JSON.parse(text(row["columns"])) as readonly SampledColumn[];
        const byName = new Map(columns.map((column) => [column.name, column]));
        return [Number(row["table_id"]), { rowCount: Number(row["row_count"]), columns: byName }];
      }),
    );
  }

  /** Statistics are no version of their own: they decide no answer. */
  async saveSample(oid: number, { rowCount, columns }: TableSample): Promise<void> {
    const update =
      "ON CONFLICT (table_id) DO UPDATE SET row_count = excluded.row_count, " +
      "columns = excluded.columns";
    const values = JSON.stringify([...columns.values()]);
    await this.place.write([statement(`${SAMPLE} ${update}`, oid, rowCount, values)]);
  }

  private async prepare(): Promise<void> {
    if (!(await this.place.hasTable("millrace_setting"))) {
      await this.place.write(this.newStore());
    }
    await this.loadSettings();
    for (;;) {
      const version = this.setting("store_version") ?? "unknown";
      if (version === STORE_VERSION) break;
      const step = STEPS.get(version);
      if (step === undefined) {
        throw new StorePlaceError(
          `${this.place.title} has a catalog of version ${version}; ` +
            `this server reads version ${STORE_VERSION}`,
        );
      }
      await this.place.write(step);
      await this.loadSettings();
    }
    const [roles] = await this.place.rows("SELECT count(*) AS count FROM millrace_role");
    if (Number(roles?.["count"]) === 0) await this.place.write(firstSecurity());
  }

  private async loadSettings(): Promise<void> {
    for (const row of await this.place.rows("SELECT name, value FROM millrace_setting")) {
      this.settings.set(text(row["name"]), text(row["value"]));
    }
  }

  private newStore(): readonly StoreStatement[] {
    const metadata = [
      ["version", "1.0"],
      ["created_by", "Millrace"],
      ["encrypted", "false"],
    ].map(([key = "", value = ""]) => [key, value, null, null]);
    const publicSchema = { oid: PUBLIC_OID, name: "public" };
    const change = 'created_schema:"public"';
    return [
      ...storeTables(this.place.types).map((table) => statement(`CREATE TABLE ${table}`)),
      ...insertion("ducklake_metadata", metadata),
      statement(SETTING, "store_version", STORE_VERSION),
      ...snapshotRows(0, this.clock.nowMicros(), FIRST_OID, change),
      ...schemaRows([publicSchema], 0, () => this.newUuid()),
      ...firstSecurity(),
    ];
  }

  private newUuid(): string {
    const bytes = Buffer.from(this.random.bytes(16));
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    const hex = bytes.toString("hex");
    return [
      hex.slice(0, 8),
      hex.slice(8, 12),
      hex.slice(12, 16),
      hex.slice(16, 20),
      hex.slice(20),
    ].join("-");
  }
}
