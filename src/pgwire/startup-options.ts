import { invalidStartupOption } from "../errors/index.js";

/** Words of the startup parameter `options`: blanks part them, a backslash makes one ordinary. */
function splitWords(text: string): readonly string[] {
  const words: string[] = [];
  const word = /\s*((?:\\[^]|[^\s\\])+)/y;
  for (let match = word.exec(text); match !== null; match = word.exec(text)) {
    words.push((match[1] ?? "").replaceAll(/\\([^])/g, "$1"));
  }
  return words;
}

/** Settings of the startup parameter `options`: `-c name=value` and `--name=value`. */
export function parseStartupOptions(text: string): readonly (readonly [string, string])[] {
  const words = splitWords(text);
  const settings: (readonly [string, string])[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    let assignment: string;
    if (word === "-c") assignment = words[++i] ?? "";
    else if (word.startsWith("--") || word.startsWith("-c")) assignment = word.slice(2);
    else throw invalidStartupOption(word);
    const equals = assignment.indexOf("=");
    if (equals <= 0) throw invalidStartupOption(word);
    const name = assignment.slice(0, equals).replaceAll("-", "_");
    settings.push([name, assignment.slice(equals + 1)]);
  }
  return settings;
}
