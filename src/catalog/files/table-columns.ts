import {
  declaredTypeMismatch,
  filesDisagree,
  invariant,
  missingFileColumn,
  unreadableColumn,
} from "../../errors/index.js";
import type { RelationColumn } from "../../plan/index.js";
import { formatType, physicalTypeOf, sameType, sqlType, type SqlType } from "../../types/index.js";
import type { InspectedColumn } from "./file-inspector.js";
import type { PinnedFile } from "./inspection-cache.js";
import { typeOfText } from "./type-text.js";
import { widens } from "./widening.js";

/** A column of a table's definition. */
export interface DeclaredColumn {
  readonly name: string;
  readonly type: SqlType;
  /** False for NOT NULL. */
  readonly nullable: boolean;
}

/** A column that is left out of an inferred list, and why. */
export interface LeftOutColumn {
  readonly name: string;
  readonly path: string;
  readonly reason: string;
}

const MAX_NAME_BYTES = 63;

/** Lower case as PostgreSQL folds names: only ASCII letters, at most 63 bytes. */
export function foldName(name: string): string {
  const folded = name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  return clipName(folded);
}

function clipName(name: string): string {
  const bytes = Buffer.from(name, "utf8");
  if (bytes.length <= MAX_NAME_BYTES) return name;
  let end = MAX_NAME_BYTES;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end).toString("utf8");
}

/** The columns of files as a table has them, names folded where they stay apart; the rest is told. */
export function inferColumns(files: readonly PinnedFile[]): {
  readonly columns: readonly DeclaredColumn[];
  readonly leftOut: readonly LeftOutColumn[];
} {
  const [first] = files;
  invariant(first !== undefined, "columns are inferred of files");
  const names = columnNames(first.inspection.columns.map(({ name }) => name));
  const columns: DeclaredColumn[] = [];
  const leftOut: LeftOutColumn[] = [];
  first.inspection.columns.forEach((column, index) => {
    const type = typeOfText(column.sqlType);
    const name = names[index] ?? column.name;
    if (column.unsupported === "" && type !== undefined) {
      const nullable = files.some((file) => sameColumn(file, column.name)?.nullable ?? true);
      columns.push({ name, type, nullable });
    } else {
      leftOut.push({ name: column.name, path: first.path, reason: reasonOf(column) });
    }
  });
  return { columns, leftOut };
}

function columnNames(fileNames: readonly string[]): readonly string[] {
  const folded = fileNames.map(foldName);
  return new Set(folded).size === folded.length ? folded : fileNames.map(clipName);
}

function sameColumn(file: PinnedFile, name: string): InspectedColumn | undefined {
  return file.inspection.columns.find((column) => column.name === name);
}

function reasonOf(column: InspectedColumn): string {
  return column.unsupported === "" ? `type ${column.sqlType}` : column.unsupported;
}

/**
 * Columns for scans of these files: each found by its name (else by its folded name, if that is one
 * column's), with a type that widens to the declared one, the same in all files.
 */
export function relationColumns(
  declared: readonly DeclaredColumn[],
  files: readonly PinnedFile[],
): readonly RelationColumn[] {
  return declared.map((column) => relationColumn(column, files));
}

function relationColumn(declared: DeclaredColumn, files: readonly PinnedFile[]): RelationColumn {
  let first: { readonly path: string; readonly name: string; readonly type: SqlType } | undefined;
  let { nullable } = declared;
  for (const file of files) {
    const column = fileColumn(declared.name, file);
    const type = readableType(column, file);
    if (first === undefined) {
      checkWidening(declared, type, file);
      first = { path: file.path, name: column.name, type };
    } else if (!isStoredAlike(type, first.type)) {
      const types = [formatType(first.type), formatType(type)] as const;
      throw filesDisagree(declared.name, first.path, file.path, types);
    } else if (column.name !== first.name) {
      throw missingFileColumn(first.name, file.path);
    }
    // What the files may hold counts: a declaration vouches for nothing.
    nullable ||= column.nullable;
  }
  invariant(first !== undefined, "a relation has files");
  const { name, type } = declared;
  const column = { name, type, nullable, fileColumn: first.name };
  return isStoredAlike(type, first.type) ? column : { ...column, fileType: first.type };
}

/** Whether scans read both in the same way; a decimal's precision is only a limit. */
function isStoredAlike(a: SqlType, b: SqlType): boolean {
  const [one, other] = [physicalTypeOf(a), physicalTypeOf(b)];
  return one.kind === other.kind && one.scale === other.scale;
}

function fileColumn(name: string, file: PinnedFile): InspectedColumn {
  const exact = sameColumn(file, name);
  if (exact !== undefined) return exact;
  const folded = file.inspection.columns.filter((column) => foldName(column.name) === name);
  const [only] = folded;
  if (only === undefined || folded.length > 1) throw missingFileColumn(name, file.path);
  return only;
}

function readableType(column: InspectedColumn, file: PinnedFile): SqlType {
  const type = column.unsupported === "" ? typeOfText(column.sqlType) : undefined;
  if (type === undefined) throw unreadableColumn(column.name, file.path, reasonOf(column));
  return type;
}

function checkWidening(declared: DeclaredColumn, type: SqlType, file: PinnedFile): void {
  if (sameType(declared.type, type) || widens(type, declared.type)) return;
  const [wanted, actual] = [formatType(declared.type), formatType(type)];
  throw declaredTypeMismatch(declared.name, wanted, actual, file.path);
}

/**
 * Columns of files that no definition stands for (read_parquet). One that cannot be read is there
 * too, as text, so that naming it says why instead of calling it unknown.
 */
export function allColumns(files: readonly PinnedFile[]): readonly RelationColumn[] {
  const [first] = files;
  invariant(first !== undefined, "a relation has files");
  const { columns: readable } = inferColumns(files);
  const names = columnNames(first.inspection.columns.map(({ name }) => name));
  const byName = new Map(relationColumns(readable, files).map((one) => [one.fileColumn, one]));
  return first.inspection.columns.map((column, index) => {
    const unreadable = {
      name: names[index] ?? column.name,
      type: sqlType("text"),
      nullable: true,
      fileColumn: column.name,
    };
    return byName.get(column.name) ?? unreadable;
  });
}
