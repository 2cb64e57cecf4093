import type { CatalogVersion } from "../catalog-version.js";
import { insertion, type StoreStatement } from "./store-place.js";

/** A version's own rows: its time, the next OID and what it changed. */
export function snapshotRows(
  at: number,
  nowMicros: bigint,
  nextOid: number,
  changes: string,
): readonly StoreStatement[] {
  const time = new Date(Number(nowMicros / 1000n)).toISOString();
  // Every version may be one of the schema's.
  return [
    ...insertion("ducklake_snapshot", [[at, time, at, nextOid, 0]]),
    ...insertion("ducklake_snapshot_changes", [[at, changes, null, null, null]]),
  ];
}

/** What differs, as DuckLake writes it. */
export function changesMade(before: CatalogVersion, after: CatalogVersion): string {
  const changes: string[] = [];
  for (const [name, { oid }] of before.schemas) {
    if (after.schemas.get(name)?.oid !== oid) changes.push(`dropped_schema:${String(oid)}`);
  }
  for (const [name, { oid }] of after.schemas) {
    if (before.schemas.get(name)?.oid !== oid) changes.push(`created_schema:${quoted(name)}`);
  }
  for (const [oid, { kind }] of before.relations) {
    if (!after.relations.has(oid)) changes.push(`dropped_${kind}:${String(oid)}`);
  }
  for (const [oid, entry] of after.relations) {
    const { kind, schema, name } = entry;
    const known = before.relations.get(oid);
    if (known === undefined) changes.push(`created_${kind}:${quoted(schema)}.${quoted(name)}`);
    else if (known !== entry) changes.push(`altered_${kind}:${String(oid)}`);
  }
  const commented = new Set<number>();
  for (const [key, { oid, text }] of [...before.comments, ...after.comments]) {
    const [was, is] = [before.comments.get(key)?.text, after.comments.get(key)?.text];
    if (was !== text || is !== text) commented.add(oid);
  }
  for (const oid of commented) changes.push(`altered_table:${String(oid)}`);
  if (before.security !== after.security) changes.push("altered_security");
  return changes.join(",");
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
