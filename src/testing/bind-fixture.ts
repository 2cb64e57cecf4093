/**
 * Binding in tests: tables declared in SQL's words, a catalog of them, and a reader of constants that
 * knows just enough to tell a good one from a bad one (the engine's own is not in these rooms).
 */
import { bindQuery, bindTypeName, type BindContext, type BoundStatement } from "../binder/index.js";
import type { Catalog, CatalogRelation, CatalogSnapshot } from "../catalog/index.js";
import { SqlError } from "../errors/index.js";
import { FUNCTIONS, type SessionInfo } from "../functions/index.js";
import { parse, parseTypeName, type Query } from "../parser/index.js";
import type { ConstantEvaluator, EvaluationSettings, Expression } from "../plan/index.js";
import type { TypeName } from "../types/index.js";

/** A table as `name: "column type [not null], …"`; views as `name: "view SELECT …"`. */
export type Declarations = Readonly<Record<string, string>>;

const FIRST_OID = 16384;

/** Tables of schema public, or of the schema before the dot. */
export function snapshotOf(declarations: Declarations): CatalogSnapshot {
  const relations = new Map<string, CatalogRelation>();
  for (const [index, [name, text]] of Object.entries(declarations).entries()) {
    const [table = "", schema = "public"] = name.split(".").reverse();
    const relation = relationOf(FIRST_OID + index, schema, table, text);
    relations.set(`${schema}.${table}`, relation);
  }
  const schemas = new Set(["public", "pg_catalog"]);
  for (const key of relations.keys()) schemas.add(key.split(".")[0] ?? "");
  return {
    version: 1n,
    hasSchema: (name) => schemas.has(name),
    relation: ({ schema, name }) => relations.get(`${schema}.${name}`),
    fileScan: () => undefined,
  };
}

export function catalogOf(snapshot: CatalogSnapshot): Catalog {
  return { snapshot: () => Promise.resolve(snapshot) };
}

function relationOf(oid: number, schema: string, name: string, text: string): CatalogRelation {
  const view = /^view (\((?<columns>[^)]*)\) )?(?<query>.*)$/s.exec(text)?.groups;
  if (view !== undefined) {
    const columns = columnsOf(view["columns"] ?? "");
    const queryText = view["query"] ?? "";
    return { kind: "view", oid, schema, name, columns, queryText, searchPath: ["public"] };
  }
  const columns = columnsOf(text);
  const statistics = { rowCount: 0, columns: new Map() };
  const relation = { oid, schema, name, columns, files: [], statistics };
  return { kind: "table", relation: { ...relation, format: "parquet" } };
}

function columnsOf(text: string) {
  return text
    .split(/,(?![^(]*\))/)
    .filter((part) => part.trim() !== "")
    .map((part) => {
      const [name = "", ...words] = part.trim().split(/\s+/);
      const nullable = !/ not null$/.test(part);
      const type = bindTypeName(parseTypeName(words.join(" ").replace(/ not null$/, "")));
      return { name, type, nullable, fileColumn: name };
    });
}

const READERS: Readonly<Record<string, readonly [RegExp, string]>> = {
  cast_i16: [/^\s*[+-]?\d+\s*$/, "smallint"],
  cast_i32: [/^\s*[+-]?\d+\s*$/, "integer"],
  cast_i64: [/^\s*[+-]?\d+\s*$/, "bigint"],
  cast_f32: [/^\s*([+-]?[\d.]+(e[+-]?\d+)?|nan|[+-]?inf(inity)?)\s*$/i, "real"],
  cast_f64: [/^\s*([+-]?[\d.]+(e[+-]?\d+)?|nan|[+-]?inf(inity)?)\s*$/i, "double precision"],
  cast_numeric: [/^\s*([+-]?[\d.]+(e[+-]?\d+)?|nan|[+-]?inf(inity)?)\s*$/i, "numeric"],
  cast_bool: [/^\s*(t|f|true|false|yes|no|on|off|1|0)\s*$/i, "boolean"],
  cast_date: [/^\s*(\d+-\d+-\d+|today|[+-]?infinity)/i, "date"],
  cast_time: [/^\s*\d+:\d+/, "time"],
  cast_timestamp: [/^\s*(\d+-\d+-\d+|now|[+-]?infinity)/i, "timestamp"],
  cast_timestamptz: [/^\s*(\d+-\d+-\d+|now|[+-]?infinity)/i, "timestamp with time zone"],
  cast_interval: [/\d/, "interval"],
  cast_uuid: [/^[\da-f-]+$/i, "uuid"],
  cast_bytea: [/^/, "bytea"],
};

/** Answers a constant's own text, or PostgreSQL's 22P02 or 22007 where it is not of the type. */
export const textReader: ConstantEvaluator = {
  evaluate(expression: Expression): string | null {
    if (expression.kind !== "call") throw new Error(`cannot evaluate a ${expression.kind}`);
    const [argument] = expression.args;
    const text = argument?.kind === "literal" ? argument.text : null;
    if (text !== null && expression.op.startsWith("array_")) return arrayText(text);
    const reader = READERS[expression.op];
    if (text === null || reader === undefined) throw new Error(`cannot read ${expression.op}`);
    const [pattern, name] = reader;
    if (!pattern.test(text)) {
      const isTime = /date|time|interval/.test(expression.op);
      const condition = isTime ? "invalidDatetimeFormat" : "invalidTextRepresentation";
      throw new SqlError(condition, `invalid input syntax for type ${name}: "${text}"`);
    }
    if (name !== "boolean") return text.trim();
    return /^\s*(t|true|yes|on|1)\s*$/i.test(text) ? "t" : "f";
  },
};

/** A list in braces stands for its bytes too. */
function arrayText(text: string): string {
  if (/^\s*(\[.*=)?\s*\{.*\}\s*$/s.test(text)) return text;
  throw new SqlError("invalidTextRepresentation", `malformed array literal: "${text}"`, {
    detail: 'Array value must start with "{" or dimension information.',
  });
}

const SESSION: SessionInfo = {
  currentUser: "postgres",
  sessionUser: "postgres",
  currentDatabase: "postgres",
  currentSchema: "public",
  version: "PostgreSQL 15.0",
  backendPid: 1,
  setting: (name) => (name === "timezone" ? "UTC" : undefined),
};

const SETTINGS: EvaluationSettings = {
  timeZone: "UTC",
  dateStyle: "ISO, MDY",
  intervalStyle: "postgres",
  extraFloatDigits: 1,
  byteaOutput: "hex",
  transactionTimestamp: 0n,
  statementTimestamp: 0n,
};

export interface BindOptions {
  /** Declared types of `$1` …; a statement without this takes no parameters. */
  readonly parameters?: readonly (TypeName | undefined)[];
}

export function contextFor(catalog: CatalogSnapshot, options: BindOptions = {}): BindContext {
  return {
    catalog,
    functions: FUNCTIONS,
    evaluator: textReader,
    settings: SETTINGS,
    session: SESSION,
    searchPath: ["public"],
    parameterTypes: options.parameters ?? [],
    parametersAllowed: options.parameters !== undefined,
  };
}

/** The text's only statement, a query. `initParser` must have been awaited. */
export function queryOf(sql: string): Query {
  const [parsed] = parse(sql);
  if (parsed?.statement.kind !== "query") throw new Error(`not a query: ${sql}`);
  return parsed.statement;
}

export function bindText(
  sql: string,
  catalog: CatalogSnapshot,
  options: BindOptions = {},
): BoundStatement {
  return bindQuery(queryOf(sql), contextFor(catalog, options));
}
