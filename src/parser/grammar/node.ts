import type { Node } from "libpg-query";

type KeyOf<N> = N extends unknown ? keyof N : never;

/** Name of a raw node's type, such as `A_Expr`. */
export type NodeKind = KeyOf<Node>;

/** The fields of a raw node. Fields at their default (0, false, empty) are absent. */
export type NodeBody<K extends NodeKind> = Extract<Node, Record<K, unknown>>[K];

/** Handlers of raw nodes by type; a type without one is not supported. */
export type NodeTable<Context, Result> = {
  readonly [K in NodeKind]?: (body: NodeBody<K>, context: Context) => Result;
};

/** The handler's result, or undefined where the table has none for this node. */
export function dispatch<Context, Result>(
  table: NodeTable<Context, Result>,
  node: Node,
  context: Context,
): Result | undefined {
  const kind = kindOf(node);
  if (!Object.hasOwn(table, kind)) return undefined;
  const handler = table[kind] as ((body: unknown, context: Context) => Result) | undefined;
  return handler?.((node as Record<string, unknown>)[kind], context);
}

/** Type of a raw node. The grammar writes an absent one as `{}`: then "". */
export function kindOf(node: Node): NodeKind {
  for (const kind in node) return kind as NodeKind;
  return "" as NodeKind;
}

/** The fields of a node if it is of this type. */
export function bodyIf<K extends NodeKind>(
  kind: K,
  node: Node | undefined,
): NodeBody<K> | undefined {
  if (node === undefined || !(kind in node)) return undefined;
  return (node as unknown as Record<K, NodeBody<K>>)[kind];
}

/** Text of a list of String nodes. */
export function stringsOf(nodes: readonly Node[] | undefined): readonly string[] {
  return Object.freeze((nodes ?? []).map((node) => bodyIf("String", node)?.sval ?? ""));
}

/** Items of a List node; of any other node, itself. */
export function itemsOf(node: Node | undefined): readonly Node[] {
  if (node === undefined) return [];
  return bodyIf("List", node)?.items ?? ("List" in node ? [] : [node]);
}

/** Where a raw node starts (bytes), if it says so; an absent location is byte 0. */
export function locationOf(node: Node): number {
  const body: unknown = (node as Record<string, unknown>)[kindOf(node)];
  if (typeof body !== "object" || body === null || !("location" in body)) return -1;
  return typeof body.location === "number" ? body.location : -1;
}
