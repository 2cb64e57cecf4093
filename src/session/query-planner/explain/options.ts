import {
  explainFormatUnknown,
  explainNeedsAnalyze,
  explainOptionUnknown,
  optionNeedsBoolean,
  optionNeedsValue,
} from "../../../errors/index.js";
import type { UtilityOption } from "../../../parser/index.js";

const FORMATS = ["text", "json", "yaml", "xml"] as const;

export type ExplainFormat = (typeof FORMATS)[number];

export interface ExplainOptions {
  readonly analyze: boolean;
  readonly verbose: boolean;
  readonly costs: boolean;
  readonly timing: boolean;
  readonly summary: boolean;
  /** What was read, in PostgreSQL's blocks. */
  readonly buffers: boolean;
  /** Settings that plans depend on and that are not at their defaults. */
  readonly settings: boolean;
  /** Nothing here writes a log: zeros where PostgreSQL's format has numbers. */
  readonly wal: boolean;
  readonly format: ExplainFormat;
}

const FLAGS: ReadonlySet<string> = new Set([
  "analyze",
  "buffers",
  "costs",
  "settings",
  "summary",
  "timing",
  "verbose",
  "wal",
]);
const ON: ReadonlySet<string> = new Set(["true", "on", "1"]);
const OFF: ReadonlySet<string> = new Set(["false", "off", "0"]);

/** What EXPLAIN's options ask for; TIMING and SUMMARY follow ANALYZE unless they are written. */
export function explainOptions(options: readonly UtilityOption[]): ExplainOptions {
  const flags = new Map<string, boolean>();
  let format: ExplainOptions["format"] = "text";
  for (const { name, value, position } of options) {
    if (name === "format") format = formatOf(value, position);
    else if (FLAGS.has(name)) flags.set(name, booleanOf(name, value));
    else throw explainOptionUnknown(name, position);
  }
  const analyze = flags.get("analyze") ?? false;
  if (flags.get("wal") === true && !analyze) throw explainNeedsAnalyze("WAL");
  if (flags.get("timing") === true && !analyze) throw explainNeedsAnalyze("TIMING");
  return {
    analyze,
    verbose: flags.get("verbose") ?? false,
    costs: flags.get("costs") ?? true,
    timing: flags.get("timing") ?? analyze,
    summary: flags.get("summary") ?? analyze,
    buffers: flags.get("buffers") ?? false,
    settings: flags.get("settings") ?? false,
    wal: flags.get("wal") ?? false,
    format,
  };
}

function booleanOf(name: string, value: string | undefined): boolean {
  const text = value?.toLowerCase();
  if (text === undefined || ON.has(text)) return true;
  if (OFF.has(text)) return false;
  throw optionNeedsBoolean(name);
}

function formatOf(value: string | undefined, position: number | undefined): ExplainFormat {
  if (value === undefined) throw optionNeedsValue("format");
  const format = FORMATS.find((one) => one === value);
  if (format === undefined) throw explainFormatUnknown(value, position);
  return format;
}
