import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createContext, Script, type Context } from "node:vm";
import { stackDepthExceeded, statementTooComplex } from "../../../errors/index.js";
import type { ForeignDialect } from "../names.js";
import { Refusal } from "../refusal.js";

/** node-sql-parser's builds, one file a dialect. */
const BUILDS: Readonly<Record<ForeignDialect, string>> = {
  mysql: "mysql",
  bigquery: "bigquery",
  snowflake: "snowflake",
  tsql: "transactsql",
  redshift: "redshift",
};

const PARSE = new Script("JSON.stringify(parser.astify(text, options))", {
  filename: "node-sql-parser",
});
const realms = new Map<ForeignDialect, Context>();

/**
 * The tree that node-sql-parser makes of one query. Its code runs in a realm of its own, under a
 * limit of time, for it backtracks; it throws a Refusal, but 54001 where stack or time run out.
 */
export function foreignTree(
  text: string,
  dialect: ForeignDialect,
  limitMilliseconds: number,
): unknown {
  const realm = realmOf(dialect);
  Object.assign(realm, { text, options: { database: BUILDS[dialect] } });
  try {
    return JSON.parse(PARSE.runInContext(realm, { timeout: limitMilliseconds }) as string);
  } catch (error) {
    throw toRefusal(error);
  } finally {
    Object.assign(realm, { text: "" });
  }
}

/** A dialect's build is read (some 20 ms) when its first statement comes. */
function realmOf(dialect: ForeignDialect): Context {
  const known = realms.get(dialect);
  if (known !== undefined) return known;
  const build = `node-sql-parser/build/${BUILDS[dialect]}.js`;
  const path = createRequire(import.meta.url).resolve(build);
  const code = `${readFileSync(path, "utf8")}\n;globalThis.parser = new exports.Parser();`;
  const realm = createContext({ exports: {}, require: createRequire(path) });
  new Script(code, { filename: build }).runInContext(realm);
  realms.set(dialect, realm);
  return realm;
}

/** Errors of another realm are no instances of this one's classes. */
function toRefusal(error: unknown): Error {
  const { name, code, message, location } = error as {
    readonly name?: string;
    readonly code?: string;
    readonly message?: string;
    readonly location?: { readonly start?: { readonly line?: number; readonly column?: number } };
  };
  if (name === "RangeError") return stackDepthExceeded();
  if (code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return statementTooComplex();
  const found = /but (.{1,40}) found\.$/s.exec(message ?? "")?.[1];
  const at = location?.start;
  const where = at?.line === undefined ? "" : ` at line ${at.line}, column ${at.column ?? 0}`;
  if (name !== "SyntaxError" || found === undefined) return new Refusal("it cannot be read");
  return new Refusal(`it does not go on with ${found}${where}`);
}
