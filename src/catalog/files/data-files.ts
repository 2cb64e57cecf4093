import { stat, readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { undefinedFile, type SqlError } from "../../errors/index.js";
import { filesMatching, isPattern } from "./glob.js";

/** A file as the file system shows it now. */
export interface FoundFile {
  readonly path: string;
  readonly sizeBytes: bigint;
  readonly mtimeNs: bigint;
}

const PARQUET = /\.parquet$/i;
/** Files that are looked at together. */
const PARALLEL_STATS = 32;

/** A path as users write it: relative ones count from the server's working directory. */
export function absolutePath(path: string): string {
  return resolve(path);
}

/**
 * The files of a location, sorted by path: the file itself, the Parquet files of a directory (not of
 * its subdirectories; hidden ones and those with a leading underscore are left out), or what a
 * pattern matches. None where nothing matches; 58P01 where there is nothing at all.
 */
export async function findFiles(location: string): Promise<readonly FoundFile[]> {
  if (isPattern(location)) return statAll(await filesMatching(location));
  const found = await statOf(location);
  if (!found.isDirectory) return [found.file];
  const names = await readNames(location);
  const paths = names
    .filter((name) => PARQUET.test(name) && !/^[._]/.test(name))
    .sort()
    .map((name) => join(location, name));
  return statAll(paths);
}

/** Name and location of each table that a directory holds: its Parquet files and its folders. */
export async function findTables(
  directory: string,
): Promise<readonly { readonly name: string; readonly location: string }[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: unknown) => {
    throw fileError(directory, error);
  });
  const tables: { readonly name: string; readonly location: string }[] = [];
  for (const { name } of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (/^[._]/.test(name)) continue;
    const location = join(directory, name);
    const { isDirectory } = await statOf(location);
    if (isDirectory) {
      const inside = await readNames(location);
      if (inside.some((file) => PARQUET.test(file))) tables.push({ name, location });
    } else if (PARQUET.test(name)) {
      tables.push({ name: name.replace(PARQUET, ""), location });
    }
  }
  return tables;
}

async function statAll(paths: readonly string[]): Promise<readonly FoundFile[]> {
  const files: FoundFile[] = [];
  for (let from = 0; from < paths.length; from += PARALLEL_STATS) {
    const found = await Promise.all(paths.slice(from, from + PARALLEL_STATS).map(statOf));
    files.push(...found.filter((one) => !one.isDirectory).map((one) => one.file));
  }
  return files;
}

async function statOf(
  path: string,
): Promise<{ readonly file: FoundFile; readonly isDirectory: boolean }> {
  try {
    const { size, mtimeNs, ...stats } = await stat(path, { bigint: true });
    const isFolder = (stats.mode & 0o170000n) === 0o040000n;
    return { file: { path, sizeBytes: size, mtimeNs }, isDirectory: isFolder };
  } catch (error) {
    throw fileError(path, error);
  }
}

async function readNames(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    throw fileError(directory, error);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "No such file or directory",
  ENOTDIR: "Not a directory",
  EACCES: "Permission denied",
  ELOOP: "Too many levels of symbolic links",
  ENAMETOOLONG: "File name too long",
};

function fileError(path: string, error: unknown): SqlError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return undefinedFile(path, REASONS[code] ?? (code === "" ? String(error) : code));
}
