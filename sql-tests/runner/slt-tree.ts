import { filesBelow } from "./repository.js";

const FOLDERS = ["sql-tests/logic", "sql-tests/plans"];

/** All files of statements, relative to the root. */
export function sltFiles(): readonly string[] {
  return FOLDERS.flatMap((folder) => filesBelow(folder, ".slt"));
}
