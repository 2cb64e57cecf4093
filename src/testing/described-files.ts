/**
 * Data files in tests: JSON that describes what a Parquet file would say of itself, and an inspector
 * that believes it.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { FileInspection, FileInspector, SampledColumn } from "../catalog/index.js";
import { SqlError } from "../errors/index.js";

interface Description {
  readonly rows: number;
  /** PostgreSQL's type by column name; "{…}" cannot be read. */
  readonly columns: Readonly<Record<string, string>>;
}

/** Writes a file with the columns `name: type`. */
export async function describeFile(
  path: string,
  columns: Description["columns"],
  rows = 10,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, JSON.stringify({ rows, columns }));
}

/** Counts what it is asked. */
export class DescribedFiles implements FileInspector {
  inspections = 0;
  analyses = 0;

  async inspectFile(_format: string, path: string): Promise<FileInspection> {
    this.inspections += 1;
    const text = await readFile(path, "utf8");
    if (!text.startsWith("{")) {
      throw new SqlError("dataCorrupted", `file "${path}" is not a Parquet file`);
    }
    const { rows, columns } = JSON.parse(text) as Description;
    return {
      rowCount: BigInt(rows),
      columns: Object.entries(columns).map(([name, type]) => ({
        name,
        sqlType: type.startsWith("{") ? "" : type,
        nullable: true,
        unsupported: type.startsWith("{") ? "nested types are not supported" : "",
        minimum: null,
        maximum: null,
        nullCount: 0n,
        distinctCount: null,
      })),
    };
  }

  analyzeFiles(
    _format: string,
    _paths: readonly string[],
    columns: readonly string[],
  ): Promise<readonly SampledColumn[]> {
    this.analyses += 1;
    return Promise.resolve(
      columns.map((name) => ({
        name,
        distinctCount: 3,
        nullFraction: 0,
        minimum: null,
        maximum: null,
        unique: false,
        sorted: true,
        averageWidth: 8,
      })),
    );
  }
}
