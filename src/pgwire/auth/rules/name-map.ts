import { joinLists, Problem, RuleFileError, splitLines, type ListReader } from "./tokens.js";

/** One line of a name map: who has this name may come as that role. */
interface MapEntry {
  /** A name, or what a name must match. */
  readonly name: string | RegExp;
  /** The role; `\1` in it stands for what the pattern's first group matched. */
  readonly role: string;
}

/** Name maps in pg_ident.conf's syntax, by their names. */
export class NameMaps {
  constructor(private readonly entries: ReadonlyMap<string, readonly MapEntry[]>) {}

  /** Whether the owner of `name` may come as `role`; without a map only as its own. */
  mayCome(map: string | null, name: string, role: string): boolean {
    if (map === null) return name === role;
    return (this.entries.get(map) ?? []).some((entry) => fits(entry, name, role));
  }
}

export const NO_NAME_MAPS = new NameMaps(new Map());

function fits(entry: MapEntry, name: string, role: string): boolean {
  if (typeof entry.name === "string") return entry.name === name && entry.role === role;
  const match = entry.name.exec(name);
  if (match === null) return false;
  const [, group] = match;
  if (!entry.role.includes("\\1")) return entry.role === role;
  // A pattern without a group, or one that took no part, names nobody.
  return group !== undefined && entry.role.replace("\\1", () => group) === role;
}

/** Reads a file of name maps. Throws RuleFileError at the first wrong line. */
export function parseNameMaps(text: string, fileName: string, readList?: ListReader): NameMaps {
  const entries = new Map<string, MapEntry[]>();
  for (const { number, fields } of splitLines(text, fileName)) {
    try {
      const words = joinLists(fields, fileName, readList).map((field) => {
        if (field.length !== 1) throw new Problem("multiple values in ident field");
        return field[0]?.text ?? "";
      });
      const [map, name, role] = words;
      if (map === undefined || name === undefined || role === undefined) {
        throw new Problem("missing entry");
      }
      const entry = { name: nameOrPattern(name), role };
      entries.set(map, [...(entries.get(map) ?? []), entry]);
    } catch (error) {
      if (error instanceof Problem) throw new RuleFileError(fileName, number, error.message);
      throw error;
    }
  }
  return new NameMaps(entries);
}

function nameOrPattern(text: string): string | RegExp {
  if (!text.startsWith("/")) return text;
  try {
    return new RegExp(text.slice(1), "u");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Problem(`invalid regular expression "${text.slice(1)}": ${why}`);
  }
}
