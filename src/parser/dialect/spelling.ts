import { foldCase } from "./lexer/index.js";
import type { ForeignDialect } from "./names.js";
import { Refusal } from "./refusal.js";

/** How both rewriters spell in PostgreSQL what needs no structure: names, strings, types. */

/** PostgreSQL cuts longer names off, and two could become one. */
const LONGEST_NAME_BYTES = 63;

export function checkName(name: string): void {
  if (new TextEncoder().encode(name).length > LONGEST_NAME_BYTES) {
    throw new Refusal(`the name ${name.slice(0, LONGEST_NAME_BYTES)}… is too long`);
  }
}

export function stringText(value: string): string {
  if (value.includes("\0")) throw new Refusal("a string with a zero byte is not read");
  return `'${value.replaceAll("'", "''")}'`;
}

/**
 * A name in quotes, in the case in which it is looked up here. MySQL, BigQuery, T-SQL and Redshift
 * find columns whatever their case. Snowflake's own form is upper case, for which lower case stands
 * here, so a name quoted in lower case would be taken for another one.
 */
export function nameText(name: string, quoted: boolean, dialect: ForeignDialect): string {
  checkName(name);
  if (dialect === "snowflake" && quoted && name !== name.toUpperCase()) {
    if (name === foldCase(name)) {
      throw new Refusal(`the name "${name}" is lower case in quotes`);
    }
    return `"${name.replaceAll('"', '""')}"`;
  }
  return `"${foldCase(name).replaceAll('"', '""')}"`;
}

/** Of a quoted path such as BigQuery's `project.dataset.table`: its names, each in quotes. */
export function quotedPath(name: string, dialect: ForeignDialect, quoted = true): string {
  const parts = dialect === "bigquery" ? name.split(".") : [name];
  if (parts.includes("")) throw new Refusal(`the name "${name}" has an empty part`);
  return parts.map((part) => nameText(part, quoted, dialect)).join(".");
}

/** `INTERVAL 3 DAY` and `INTERVAL '3' DAY` alike; without a unit, the text has it. */
export function intervalText(amount: string, unit: string): string {
  const inner = unit === "" ? amount : `${amount} ${unit}`;
  return `INTERVAL ${stringText(inner.trim().toLowerCase())}`;
}

/** `INTERVAL x DAY` of what is no constant, which PostgreSQL has no syntax for. */
export function intervalCall(amount: string, unit: string): string {
  return `millrace_interval(${amount}, ${stringText(unit.toLowerCase())})`;
}

/** A type by its dialect's name, so that PostgreSQL reads nothing of its own into it. */
export function typeText(words: readonly string[], modifiers: readonly string[]): string {
  const name = words.join(" ").toLowerCase();
  const isMax = modifiers.length === 1 && modifiers[0]?.toLowerCase() === "max";
  if (isMax) return `"${name}(max)"`;
  if (!modifiers.every((modifier) => /^\d+$/.test(modifier))) {
    throw new Refusal(`the modifier of type ${name} is not read`);
  }
  return `"${name}"${modifiers.length === 0 ? "" : `(${modifiers.join(", ")})`}`;
}

/** The first words of types that take more than one. */
const LONG_TYPES: readonly (readonly string[])[] = [
  ["double", "precision"],
  ["character", "varying"],
  ["signed", "integer"],
  ["signed", "int"],
  ["unsigned", "integer"],
  ["unsigned", "int"],
];

/** How many of these words, in lower case, are the name of one type. */
export function typeWordCount(words: readonly string[]): number {
  const long = LONG_TYPES.some((type) => type.every((word, i) => words[i] === word));
  return long ? 2 : 1;
}
