import type {
  Catalog,
  CatalogSnapshot,
  FileScanRequest,
  RelationName,
  SnapshotRequest,
} from "../catalog/index.js";
import { parse } from "../parser/index.js";
import { FILE_FUNCTIONS } from "./from/table-function.js";

/** Relations and files a syntax tree mentions, as written. */
interface Mentions {
  readonly names: { readonly schema: string | undefined; readonly name: string }[];
  readonly files: FileScanRequest[];
}

function mentions(tree: unknown): Mentions {
  const found: Mentions = { names: [], files: [] };
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(visit);
    if (typeof node !== "object" || node === null || Array.isArray(node)) return;
    const fields = node as Readonly<Record<string, unknown>>;
    if (fields["kind"] === "tableName") {
      const { schema, name } = fields as { schema: string | undefined; name: string };
      found.names.push({ schema, name });
    }
    if (fields["kind"] === "functionCall") collectFile(fields, found.files);
    Object.values(fields).forEach(visit);
  };
  visit(tree);
  return found;
}

function collectFile(call: Readonly<Record<string, unknown>>, into: FileScanRequest[]): void {
  const name = (call["name"] as readonly string[]).at(-1) ?? "";
  const [argument] = call["arguments"] as readonly { readonly value: object }[];
  if (!FILE_FUNCTIONS.has(name) || argument === undefined) return;
  const value = argument.value as { readonly kind: string; readonly text?: string };
  if (value.kind === "stringLiteral" && value.text !== undefined) {
    into.push({ functionName: name, path: value.text });
  }
}

/** What to ask the catalog for a syntax tree: each name in every schema of the search path. */
export function snapshotRequest(tree: unknown, searchPath: readonly string[]): SnapshotRequest {
  const { names, files } = mentions(tree);
  const relations = new Map<string, RelationName>();
  for (const { schema, name } of names) {
    for (const candidate of schema === undefined ? searchPath : [schema]) {
      relations.set(JSON.stringify([candidate, name]), { schema: candidate, name });
    }
  }
  const fileScans = new Map(files.map((f) => [JSON.stringify([f.functionName, f.path]), f]));
  return { relations: [...relations.values()], fileScans: [...fileScans.values()] };
}

/**
 * One snapshot that answers for all a statement mentions, through its views too. The binder itself
 * is synchronous; this is its only wait.
 */
export async function loadSnapshot(
  tree: unknown,
  searchPath: readonly string[],
  catalog: Catalog,
): Promise<CatalogSnapshot> {
  let request = snapshotRequest(tree, searchPath);
  let snapshot = await catalog.snapshot(request);
  const seen = new Set<string>();
  for (;;) {
    const inner = viewRequests(request, snapshot, seen);
    if (inner.relations.length === 0 && inner.fileScans.length === 0) return snapshot;
    request = inner;
    snapshot = await catalog.snapshot(inner, snapshot);
  }
}

/** What the views just learned of mention in their turn. */
function viewRequests(
  request: SnapshotRequest,
  snapshot: CatalogSnapshot,
  seen: Set<string>,
): SnapshotRequest {
  const inner = request.relations.map((name): SnapshotRequest => {
    const relation = snapshot.relation(name);
    const key = JSON.stringify([name.schema, name.name]);
    if (relation?.kind !== "view" || seen.has(key)) return { relations: [], fileScans: [] };
    seen.add(key);
    return snapshotRequest(parse(relation.queryText), relation.searchPath);
  });
  return {
    relations: inner.flatMap((r) => r.relations),
    fileScans: inner.flatMap((r) => r.fileScans),
  };
}
