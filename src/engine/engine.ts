import type { FileInspection, FileInspector, SampledColumn } from "../catalog/index.js";
import { awaiting, calling } from "./native-error.js";
import { parseInspection, parseSamples } from "./inspection.js";
import { checkOperations } from "./operations.js";
import {
  loadNativeModule,
  type NativeEngine,
  type NativeMemory,
  type NativeModule,
  type NativeOptions,
} from "./native.js";
import { SessionTables } from "./session-tables.js";
import { parseProfile, type QueryProfile } from "./profile.js";

/** A query that was opened; valid until it is closed. */
export type QueryHandle = number;

/** Complete DataRow messages. `release` gives the memory back, once, after the last use. */
export interface EnginePage {
  readonly bytes: Uint8Array;
  readonly rowCount: number;
  release(): void;
}

/** The native engine of this process. What fails rejects or throws a SqlError. */
export class Engine implements FileInspector {
  private readonly buffers = new Map<number, Uint8Array>();
  private readonly open = new Set<QueryHandle>();

  /** Tables of sessions. */
  readonly tables: SessionTables;

  private constructor(private readonly native: NativeEngine) {
    this.tables = new SessionTables(native);
  }

  /** Throws EngineLoadError where the addon is not there, or is not of this version. */
  static start(options: NativeOptions, module: NativeModule = loadNativeModule()): Engine {
    checkOperations(module.describe());
    return new Engine(new module.Engine(options));
  }

  /** Queries that are open, for the tests of those who must close them. */
  get openQueryCount(): number {
    return this.open.size;
  }

  /** `query` is a message millrace.plan.Query. */
  openQuery(query: Uint8Array): QueryHandle {
    const handle = calling(() => this.native.openQuery(query));
    this.open.add(handle);
    return handle;
  }

  /**
   * All rows of a small query of one fragment, computed on this thread: what takes longer than handing
   * it over is null, and to be run as others are.
   */
  answer(query: Uint8Array): EnginePage | null {
    const answer = calling(() => this.native.answer(query));
    return answer === null ? null : { ...answer, release: () => undefined };
  }

  runFragment(query: QueryHandle, fragmentId: number, partition: number): Promise<void> {
    return awaiting(() => this.native.runFragment(query, fragmentId, partition));
  }

  /** The next page of the result, null at its end. One caller at a time. */
  async nextPage(query: QueryHandle): Promise<EnginePage | null> {
    const found = await awaiting(() => this.native.nextPage(query));
    if (found === null) return null;
    const { rowCount } = found;
    if ("bytes" in found) return { bytes: found.bytes, rowCount, release: () => undefined };
    const { page, sizeBytes } = found;
    const release = (): void => calling(() => this.native.releasePage(query, page));
    return { bytes: this.buffer(page).subarray(0, sizeBytes), rowCount, release };
  }

  /** What runs of the query rejects with 57014, within milliseconds. */
  cancelQuery(query: QueryHandle): void {
    if (this.open.has(query)) this.native.cancelQuery(query);
  }

  /** Ends the query; resolves when its tasks have ended and every page was released. Once only. */
  async closeQuery(query: QueryHandle): Promise<void> {
    await awaiting(() => this.native.closeQuery(query));
    this.open.delete(query);
  }

  queryProfile(query: QueryHandle): QueryProfile {
    return parseProfile(calling(() => this.native.queryProfile(query)));
  }

  /** The literal text of an expression without columns; null for NULL. */
  evaluate(expression: Uint8Array, settings: Uint8Array): string | null {
    return calling(() => this.native.evaluate(expression, settings));
  }

  /** The literal text of a bound value; `index` counts from 1 and is for messages. */
  decodeParameter(
    type: Uint8Array,
    isBinary: boolean,
    bytes: Uint8Array,
    index: number,
    settings: Uint8Array,
  ): string {
    return calling(() => this.native.decodeParameter(type, isBinary, bytes, index, settings));
  }

  async inspectFile(format: string, path: string): Promise<FileInspection> {
    return parseInspection(await awaiting(() => this.native.inspectFile(format, path)));
  }

  async analyzeFiles(
    format: string,
    paths: readonly string[],
    columns: readonly string[],
  ): Promise<readonly SampledColumn[]> {
    return parseSamples(await awaiting(() => this.native.analyzeFiles(format, paths, columns)));
  }

  memory(): NativeMemory {
    return this.native.memory();
  }

  close(): Promise<void> {
    return this.native.close();
  }

  /** The ring's buffers never move, so each is asked for once. */
  private buffer(page: number): Uint8Array {
    const known = this.buffers.get(page);
    if (known !== undefined) return known;
    const buffer = this.native.pageBuffer(page);
    this.buffers.set(page, buffer);
    return buffer;
  }
}
