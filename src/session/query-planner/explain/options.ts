import {
  explainFormatUnknown,
  explainNeedsAnalyze,
  explainOptionUnknown,
  featureNotSupported,
  requiresBoolean,
} from "../../../errors/index.js";
import type { UtilityOption } from "../../../parser/index.js";

export interface ExplainOptions {
  readonly analyze: boolean;
  readonly verbose: boolean;
  readonly costs: boolean;
  readonly timing: boolean;
  readonly summary: boolean;
  readonly format: "text" | "json";
}

/** Options about things there are none of here. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set(["buffers", "settings", "wal", "memory"]);
const ON: ReadonlySet<string> = new Set(["true", "on", "1"]);
const OFF: ReadonlySet<string> = new Set(["false", "off", "0"]);

/** What EXPLAIN's options ask for; TIMING and SUMMARY follow ANALYZE unless they are written. */
export function explainOptions(options: readonly UtilityOption[]): ExplainOptions {
  const flags = new Map<string, boolean>();
  let format: ExplainOptions["format"] = "text";
  for (const { name, value, position } of options) {
    switch (name) {
      case "format":
        format = formatOf(value, position);
        break;
      case "analyze":
      case "verbose":
      case "costs":
      case "timing":
      case "summary":
        flags.set(name, booleanOf(name, value));
        break;
      default:
        if (!WITHOUT_EFFECT.has(name)) throw explainOptionUnknown(name, position);
        booleanOf(name, value);
    }
  }
  const analyze = flags.get("analyze") ?? false;
  if (flags.get("timing") === true && !analyze) throw explainNeedsAnalyze("TIMING");
  return {
    analyze,
    verbose: flags.get("verbose") ?? false,
    costs: flags.get("costs") ?? true,
    timing: flags.get("timing") ?? analyze,
    summary: flags.get("summary") ?? analyze,
    format,
  };
}

function booleanOf(name: string, value: string | undefined): boolean {
  const text = value?.toLowerCase();
  if (text === undefined || ON.has(text)) return true;
  if (OFF.has(text)) return false;
  throw requiresBoolean(name);
}

function formatOf(value: string | undefined, position: number | undefined): "text" | "json" {
  const text = (value ?? "").toLowerCase();
  if (text === "text" || text === "json") return text;
  if (text === "xml" || text === "yaml") {
    throw featureNotSupported(`EXPLAIN (FORMAT ${text.toUpperCase()}) is not supported`, position);
  }
  throw explainFormatUnknown(value ?? "", position);
}
