import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { TimeZones } from "../time-zones.js";

const ZONE_DIRECTORIES = ["/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo"];

/** Folders and files of a zoneinfo tree that are no zones, or zones with other second counts. */
const NOT_ZONES = /^(right|posixrules|localtime|leapseconds|leap-seconds\.list|.*\.(tab|zi|list))$/;

function collect(directory: string, prefix: string, names: Map<string, string>): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (prefix === "" && NOT_ZONES.test(entry.name)) continue;
    const name = prefix + entry.name;
    if (entry.isDirectory()) collect(join(directory, entry.name), `${name}/`, names);
    else names.set(name.toLowerCase(), name);
  }
}

function intlHas(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/**
 * The zones of the system's tzdata, read when first asked; where the system has none, those that the
 * JavaScript engine knows.
 */
export class NodeTimeZones implements TimeZones {
  private names: Map<string, string> | null = null;

  canonicalName(name: string): string | null {
    this.names ??= this.read();
    const found = this.names.get(name.toLowerCase());
    if (found !== undefined) return found;
    return this.names.size === 0 && /^[A-Za-z]/.test(name) && intlHas(name) ? name : null;
  }

  private read(): Map<string, string> {
    const names = new Map<string, string>();
    for (const directory of ZONE_DIRECTORIES) {
      try {
        collect(directory, "", names);
      } catch {
        continue; // not on this system
      }
      if (names.size > 0) break;
    }
    return names;
  }
}
