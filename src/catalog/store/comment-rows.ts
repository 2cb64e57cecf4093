import { commentKey, type CatalogVersion, type CommentEntry } from "../catalog-version.js";
import {
  insertion,
  statement,
  text,
  type StorePlace,
  type StoreStatement,
  type StoreValue,
} from "./store-place.js";

/** All comments there are. */
export async function loadComments(place: StorePlace): Promise<ReadonlyMap<string, CommentEntry>> {
  const rows = await place.rows(
    "SELECT object_id AS oid, 0 AS number, value FROM ducklake_tag " +
      "WHERE end_snapshot IS NULL AND key = 'comment' UNION ALL " +
      "SELECT table_id, column_id, value FROM ducklake_column_tag " +
      "WHERE end_snapshot IS NULL AND key = 'comment' ORDER BY 1, 2",
  );
  const entries = rows.map((row): CommentEntry => {
    const [oid, column] = [Number(row["oid"]), Number(row["number"])];
    return { oid, column, text: text(row["value"]) };
  });
  return new Map(entries.map((entry) => [commentKey(entry.oid, entry.column), entry]));
}

/** What to write for comments that differ. */
export function commentChanges(
  { comments: before }: CatalogVersion,
  { comments: after }: CatalogVersion,
  at: number,
): readonly StoreStatement[] {
  if (before === after) return [];
  const ended = [...before]
    .filter(([key, entry]) => after.get(key)?.text !== entry.text)
    .map(([, { oid, column }]) => endOfComment(oid, column, at));
  const begun = [...after]
    .filter(([key, entry]) => before.get(key)?.text !== entry.text)
    .map(([, entry]) => entry);
  const onObjects = begun.filter(({ column }) => column === 0);
  const onColumns = begun.filter(({ column }) => column !== 0);
  return [
    ...ended,
    ...insertion(
      "ducklake_tag",
      onObjects.map(({ oid, text: value }): readonly StoreValue[] => {
        return [oid, at, null, "comment", value];
      }),
    ),
    ...insertion(
      "ducklake_column_tag",
      onColumns.map(({ oid, column, text: value }): readonly StoreValue[] => {
        return [oid, column, at, null, "comment", value];
      }),
    ),
  ];
}

function endOfComment(oid: number, column: number, at: number): StoreStatement {
  const [table, condition] =
    column === 0
      ? ["ducklake_tag", "object_id = ?"]
      : ["ducklake_column_tag", "table_id = ? AND column_id = ?"];
  const sql = `UPDATE ${table} SET end_snapshot = ? WHERE end_snapshot IS NULL AND ${condition}`;
  return statement(sql, at, oid, ...(column === 0 ? [] : [column]));
}
