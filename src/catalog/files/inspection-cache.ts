import type { FileInspection, FileInspector } from "./file-inspector.js";
import type { FoundFile } from "./data-files.js";

/** A file as it was found, with what it said of itself then. */
export interface PinnedFile extends FoundFile {
  readonly inspection: FileInspection;
}

interface Cached {
  readonly sizeBytes: bigint;
  readonly mtimeNs: bigint;
  readonly pinned: Promise<PinnedFile>;
}

/** Files that are inspected together. */
const PARALLEL_INSPECTIONS = 8;

/** What files say of themselves, read again only where size or time of modification changed. */
export class InspectionCache {
  private readonly byPath = new Map<string, Cached>();

  constructor(
    private readonly inspector: FileInspector,
    /** Files that are remembered; those not used longest are forgotten first. */
    private readonly capacity: number,
  ) {}

  async inspectAll(files: readonly FoundFile[]): Promise<readonly PinnedFile[]> {
    const pinned: PinnedFile[] = [];
    for (let from = 0; from < files.length; from += PARALLEL_INSPECTIONS) {
      const some = files.slice(from, from + PARALLEL_INSPECTIONS);
      pinned.push(...(await Promise.all(some.map((file) => this.inspect(file)))));
    }
    return pinned;
  }

  /** The same object as long as the file stays as it is. */
  private inspect(file: FoundFile): Promise<PinnedFile> {
    const { path, sizeBytes, mtimeNs } = file;
    const known = this.byPath.get(path);
    this.byPath.delete(path);
    const isSame = known?.sizeBytes === sizeBytes && known.mtimeNs === mtimeNs;
    const cached = isSame ? known : { sizeBytes, mtimeNs, pinned: this.read(file) };
    this.byPath.set(path, cached);
    this.forgetOldest();
    return cached.pinned;
  }

  private async read(file: FoundFile): Promise<PinnedFile> {
    try {
      return { ...file, inspection: await this.inspector.inspectFile("parquet", file.path) };
    } catch (error) {
      this.byPath.delete(file.path);
      throw error;
    }
  }

  private forgetOldest(): void {
    const oldest = this.byPath.keys().next();
    if (this.byPath.size > this.capacity && !oldest.done) this.byPath.delete(oldest.value);
  }
}
