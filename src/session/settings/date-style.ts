import { invalidParameterValue } from "../../errors/index.js";
import type { CheckScope } from "./definition.js";
import { splitList } from "./list.js";

const PARAMETER = "DateStyle";

/** A key word's meaning, by PostgreSQL's beginnings of words. */
interface Meaning {
  readonly part: "output" | "order";
  readonly value: string;
}

function meaning(word: string): Meaning | null {
  const key = word.toUpperCase();
  if (key === "ISO") return { part: "output", value: "ISO" };
  if (key === "SQL") return { part: "output", value: "SQL" };
  if (key.startsWith("POSTGRES")) return { part: "output", value: "Postgres" };
  if (key.startsWith("GERMAN")) return { part: "output", value: "German" };
  if (key === "YMD") return { part: "order", value: "YMD" };
  if (key === "DMY" || key.startsWith("EURO")) return { part: "order", value: "DMY" };
  if (key === "MDY" || key === "US" || key.startsWith("NONEURO")) {
    return { part: "order", value: "MDY" };
  }
  return null;
}

function partsOf(style: string): { output: string; order: string } {
  const [output = "ISO", order = "MDY"] = style.split(", ");
  return { output, order };
}

/** "Output, ORDER"; a part that is not named stays as it is. */
export function checkDateStyle(value: string, scope: CheckScope): string {
  const words = splitList(value);
  if (words === null) {
    throw invalidParameterValue(PARAMETER, value, { detail: "List syntax is invalid." });
  }
  const style = partsOf(scope.current);
  const named = new Set<Meaning["part"]>();
  for (const word of words) {
    if (word.toUpperCase() === "DEFAULT") {
      const reset = partsOf(scope.reset);
      if (!named.has("output")) style.output = reset.output;
      if (!named.has("order")) style.order = reset.order;
      continue;
    }
    const said = meaning(word);
    if (said === null) {
      const detail = `Unrecognized key word: "${word}".`;
      throw invalidParameterValue(PARAMETER, value, { detail });
    }
    if (named.has(said.part) && style[said.part] !== said.value) {
      const detail = 'Conflicting "datestyle" specifications.';
      throw invalidParameterValue(PARAMETER, value, { detail });
    }
    named.add(said.part);
    style[said.part] = said.value;
    // German implies its order, which a word may still change.
    if (said.value === "German" && !named.has("order")) style.order = "DMY";
  }
  return `${style.output}, ${style.order}`;
}
