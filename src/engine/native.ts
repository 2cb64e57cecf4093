import { createRequire } from "node:module";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** A result page: a buffer of the ring by its index, or the bytes of a row too long for one. */
export type NativePage =
  | { readonly page: number; readonly sizeBytes: number; readonly rowCount: number }
  | { readonly bytes: Uint8Array; readonly rowCount: number };

/** All rows of a query. */
export interface NativeAnswer {
  readonly bytes: Uint8Array;
  readonly rowCount: number;
}

export interface NativeMemory {
  readonly limitBytes: number;
  readonly heldBytes: number;
  readonly cachedBytes: number;
}

/** The addon's class `Engine`, as it is. What it throws has sqlstate, detail and hint beside its text. */
export interface NativeEngine {
  openQuery(query: Uint8Array): number;
  answer(query: Uint8Array): NativeAnswer | null;
  runFragment(query: number, fragmentId: number, partition: number): Promise<void>;
  nextPage(query: number): Promise<NativePage | null>;
  pageBuffer(page: number): Uint8Array;
  releasePage(query: number, page: number): void;
  cancelQuery(query: number): void;
  closeQuery(query: number): Promise<void>;
  queryProfile(query: number): string;
  evaluate(expression: Uint8Array, settings: Uint8Array): string | null;
  decodeParameter(
    type: Uint8Array,
    isBinary: boolean,
    bytes: Uint8Array,
    index: number,
    settings: Uint8Array,
  ): string;
  inspectFile(format: string, path: string): Promise<string>;
  analyzeFiles(
    format: string,
    paths: readonly string[],
    columns: readonly string[],
  ): Promise<string>;
  openTable(shape: Uint8Array): number;
  finishTable(table: number): number;
  mergeTables(tables: readonly number[]): Promise<string>;
  dropTable(table: number): void;
  openCopy(table: number, input: Uint8Array): number;
  feedCopy(copy: number, bytes: Uint8Array): Promise<number>;
  finishCopy(copy: number): Promise<number>;
  closeCopy(copy: number): void;
  memory(): NativeMemory;
  close(): Promise<void>;
}

export interface NativeOptions {
  readonly threads: number;
  readonly hostMemoryBytes: number;
  /** Where rows of sessions' tables go that are too many for memory; without one, nowhere. */
  readonly temporaryDirectory?: string;
}

export interface NativeModule {
  readonly Engine: new (options: NativeOptions) => NativeEngine;
  /** One line an operation ("add(i32,i32)->i32") or aggregate ("aggregate sum(d64)->d128"). */
  describe(): string;
}

/** The engine cannot be started; the message is one line for whoever started the server. */
export class EngineLoadError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "EngineLoadError";
  }
}

const ADDON = "build/Release/millrace.node";

/** Names another addon than the one that set-up built: one with sanitizers, for example. */
const ADDON_VARIABLE = "MILLRACE_ADDON";

/** Opens the addon. Throws EngineLoadError. */
export function loadNativeModule(): NativeModule {
  const path = process.env[ADDON_VARIABLE] ?? join(packageRoot(), ADDON);
  try {
    return createRequire(import.meta.url)(path) as NativeModule;
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    throw new EngineLoadError(`cannot load the engine (${path}): ${reason}`);
  }
}

/** A file that set-up put beside the addon. */
export function nativeProduct(name: string): string {
  return join(packageRoot(), dirname(ADDON), name);
}

function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new EngineLoadError("cannot find the package's own folder");
    folder = parent;
  }
  return folder;
}
