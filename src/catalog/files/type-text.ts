import {
  characterTypmod,
  numericTypmod,
  sqlType,
  TYPE_FACTS,
  type SqlType,
  type TypeName,
} from "../../types/index.js";

const BY_DISPLAY: ReadonlyMap<string, TypeName> = new Map(
  Object.entries(TYPE_FACTS).map(([name, { display }]) => [display, name as TypeName]),
);

/**
 * The type whose format_type() text this is, such as "numeric(15,2)" or "timestamp with time zone";
 * undefined for what is no such text.
 */
export function typeOfText(text: string): SqlType | undefined {
  const match = /^([^(]*?)\s*(?:\((\d+)(?:,(\d+))?\))?( with(?:out)? time zone)?$/.exec(text);
  if (match === null) return undefined;
  const [, base = "", first, second, zone = ""] = match;
  const name = BY_DISPLAY.get(base + zone);
  if (name === undefined) return undefined;
  if (first === undefined) return sqlType(name);
  switch (name) {
    case "numeric":
      return sqlType(name, numericTypmod(Number(first), Number(second ?? "0")));
    case "varchar":
    case "bpchar":
      return sqlType(name, characterTypmod(Number(first)));
    case "time":
    case "timestamp":
    case "timestamptz":
      return sqlType(name, Number(first));
    default:
      return undefined;
  }
}
