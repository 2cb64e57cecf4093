import { REPLY_TAG, type CatalogAnswer } from "../../../catalog/index.js";
import { SqlError, systemCatalogTooLarge } from "../../../errors/index.js";
import {
  outputColumnName,
  type Expression,
  type FunctionCall,
  type Query,
  type SelectItem,
  type SystemMention,
  type TableFunction,
} from "../../../parser/index.js";
import { TYPE_FACTS, typeOfOid, type TypeName } from "../../../types/index.js";
import type { ResultColumn, StatementContext } from "../../planner.js";
import { rowTable, typedValue } from "../../row-table.js";
import type { BorrowedParts, BorrowedRelation } from "./borrowed-parts.js";
import type { ColumnCondition } from "./column-conditions.js";
import { constantText, quotedName } from "./constant-text.js";
import { runInFrame, type SystemServices } from "./planned-system-query.js";

/** Values of one relation that a query of the engine may read. */
const MOST_VALUES = 100_000;

/** Types whose values are OIDs behind a name. */
const OID_ALIASES: ReadonlySet<number> = new Set([
  24, 2202, 2203, 2204, 2205, 2206, 3734, 3769, 4089, 4096, 4191,
]);
/** xid, cid and xid8. */
const COUNTERS: ReadonlySet<number> = new Set([28, 29, 5069]);
/** So that the engine reads what is written, whatever the session's styles are. */
const PLAIN_STYLES = new Map([
  ["DateStyle", "ISO, MDY"],
  ["IntervalStyle", "postgres"],
  ["bytea_output", "hex"],
]);

/** The query with what it needs of the system catalog put in as rows and values of this moment. */
export async function withBorrowedRows(
  query: Query,
  parts: BorrowedParts,
  context: StatementContext,
  services: SystemServices,
): Promise<Query> {
  const asker = new Asker(context, services);
  const replaced = new Map<object, unknown>();
  for (const relation of parts.relations) {
    replaced.set(relation.node, await asker.relation(relation, parts.columnNames));
  }
  for (const node of parts.functions) {
    replaced.set(node, await asker.tableFunction(node, parts.columnNames));
  }
  for (const node of parts.constants) {
    replaced.set(node, await asker.value(node, parts.shown.has(node)));
  }
  return withParts(query, replaced) as Query;
}

interface Borrowed {
  readonly columns: readonly (readonly [name: string, type: TypeName])[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** Asks the system catalog in the session's frame. */
class Asker {
  constructor(
    private readonly context: StatementContext,
    private readonly services: SystemServices,
  ) {}

  async relation(
    { node: { table, alias, position }, conditions }: BorrowedRelation,
    needed: ReadonlySet<string> | null,
  ): Promise<unknown> {
    const { schema, name } = table;
    const source =
      schema === undefined ? quotedName(name) : `${quotedName(schema)}.${quotedName(name)}`;
    const { columns, rows } = await this.rowsOf(source, name, needed, conditions);
    return rowTable(columns, rows, alias ?? { name, columns: [] }, position);
  }

  async tableFunction(
    { functions, alias, position }: TableFunction,
    needed: ReadonlySet<string> | null,
  ): Promise<unknown> {
    const call = functions[0]?.call as FunctionCall;
    const name = call.name.at(-1) ?? "";
    const shown = alias?.name ?? name;
    const source = `${constantText(call) ?? ""} AS ${quotedName(shown)}`;
    const all = (alias?.columns.length ?? 0) > 0 ? null : needed;
    const { columns, rows } = await this.rowsOf(source, name, all);
    return rowTable(columns, rows, alias ?? { name, columns: [] }, position);
  }

  /** What a constant expression is; `isShown`: an OID by its name. */
  async value(node: Expression, isShown: boolean): Promise<unknown> {
    const text = constantText(node) ?? "";
    try {
      const [column] = await this.described(`SELECT ${text}`, []);
      const oid = column?.typeOid ?? 0;
      const isOid = OID_ALIASES.has(oid) && !isShown;
      const rows = await this.asked(`SELECT ${text}::pg_catalog.${isOid ? "oid" : "text"}`, []);
      return typedValue(rows[0]?.[0] ?? null, isOid ? "oid" : borrowedType(oid), node.position);
    } catch (error) {
      const place = node.kind === "cast" ? node.operand.position : undefined;
      throw error instanceof SqlError ? error.at(place) : error;
    }
  }

  private async rowsOf(
    source: string,
    name: string,
    needed: ReadonlySet<string> | null,
    conditions: readonly ColumnCondition[] = [],
  ): Promise<Borrowed> {
    const described = await this.described(`SELECT * FROM ${source}`, [name]);
    const wanted = described.filter((column) => needed === null || needed.has(column.name));
    const chosen = wanted.length > 0 ? wanted : described.slice(0, 1);
    const items = chosen.map((column) => `${quotedName(column.name)}::pg_catalog.text`);
    const most = Math.floor(MOST_VALUES / Math.max(1, chosen.length));
    const filters = conditions.flatMap(({ column, text }) => {
      const type = described.find((each) => each.name === column)?.typeOid;
      return type !== undefined && isAlike(type) ? [`${quotedName(column)} ${text}`] : [];
    });
    const ask = (where: string): Promise<Borrowed["rows"]> =>
      this.asked(`SELECT ${items.join(", ")} FROM ${source} ${where} LIMIT ${String(most + 1)}`, [
        name,
      ]);
    const rows =
      filters.length === 0
        ? await ask("")
        : await ask(`WHERE ${filters.join(" AND ")}`).catch((error: unknown) => {
            // What is wrong with a condition the engine says best.
            if (error instanceof SqlError && /^(22|42)/.test(error.sqlstate)) return ask("");
            throw error;
          });
    if (rows.length > most) throw systemCatalogTooLarge(name, most);
    return { columns: chosen.map((column) => [column.name, borrowedType(column.typeOid)]), rows };
  }

  private async described(
    text: string,
    names: readonly string[],
  ): Promise<readonly ResultColumn[]> {
    const { reply, messages } = await this.run(names, (batch) => {
      batch.parse("", text).describeStatement("");
    });
    const row = messages.find(({ tag }) => tag === REPLY_TAG.rowDescription);
    return row === undefined ? [] : reply.columns(row);
  }

  private async asked(text: string, names: readonly string[]): Promise<Borrowed["rows"]> {
    const { reply, messages } = await this.run(names, (batch) => {
      batch.parse("", text).bind("", []).execute();
    });
    const rows = messages.filter(({ tag }) => tag === REPLY_TAG.dataRow);
    return rows.map((message) => reply.values(message));
  }

  private async run(
    names: readonly string[],
    fill: Parameters<typeof runInFrame>[3],
  ): Promise<CatalogAnswer> {
    const relations = names.map((name) => {
      return { catalog: undefined, schema: undefined, name, position: undefined };
    });
    const mention: SystemMention = {
      text: "",
      start: 0,
      relations,
      functions: names.map((name) => ({ schema: undefined, name })),
      types: [],
      refusal: undefined,
    };
    try {
      return await runInFrame(mention, this.context, this.services, fill, PLAIN_STYLES);
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      // It counts in a text that is ours.
      const { position: _, ...fields } = error.fields;
      throw Object.assign(error, { fields });
    }
  }
}

/** The engine's type for a value of the catalogs: text where it has none like it. */
function borrowedType(oid: number): TypeName {
  if (COUNTERS.has(oid)) return "int8";
  const known = typeOfOid(oid);
  return known === undefined || NO_VALUES.has(known) ? "text" : known;
}

/** Whether the engine compares values of that type as the catalog does. */
function isAlike(oid: number): boolean {
  return oid === SINGLE_CHARACTER || oid === TEXT || borrowedType(oid) !== "text";
}

/** "char". */
const SINGLE_CHARACTER = 18;
const TEXT = TYPE_FACTS.text.oid;

const NO_VALUES: ReadonlySet<TypeName> = new Set(["unknown", "void", "record"]);

/** The tree with parts replaced; what holds none of them stays the same object. */
function withParts(node: unknown, replaced: ReadonlyMap<object, unknown>): unknown {
  if (typeof node !== "object" || node === null) return node;
  const own = replaced.get(node);
  if (own !== undefined) return own;
  let isChanged = false;
  const changed = (child: unknown): unknown => {
    const now = withParts(child, replaced);
    isChanged ||= now !== child;
    return now;
  };
  if (Array.isArray(node)) {
    const children = node.map(changed);
    return isChanged ? children : node;
  }
  const entries = Object.entries(node).map(([name, child]) => [name, changed(child)] as const);
  return isChanged ? { ...Object.fromEntries(entries), ...keptName(node) } : node;
}

/** A column is called after what was written. */
function keptName(node: object): object {
  const isItem = "kind" in node && node.kind === "selectItem";
  if (!isItem || (node as SelectItem).alias !== undefined) return {};
  return { alias: outputColumnName((node as SelectItem).value) };
}
