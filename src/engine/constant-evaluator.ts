import { constantBytes, settingsBytes, typeBytes } from "../fragments/index.js";
import type { ConstantEvaluator, EvaluationSettings, Expression } from "../plan/index.js";
import { physicalTypeOf, type SqlType } from "../types/index.js";
import type { Engine, EnginePage } from "./engine.js";

/** Values outside of queries, by the engine's own interpreter. */
export class EngineEvaluator implements ConstantEvaluator {
  private encoded: { readonly of: EvaluationSettings; readonly bytes: Uint8Array } | null = null;

  constructor(private readonly engine: Engine) {}

  evaluate(expression: Expression, settings: EvaluationSettings): string | null {
    return this.engine.evaluate(constantBytes(expression), this.bytesOf(settings));
  }

  /** All rows of a small query, on the spot; null where it is not one. */
  answer(query: Uint8Array): EnginePage | null {
    return this.engine.answer(query);
  }

  /** The literal text of a value as the wire brought it; `index` of `$n` is for messages. */
  readParameter(
    type: SqlType,
    isBinary: boolean,
    bytes: Uint8Array,
    index: number,
    settings: EvaluationSettings,
  ): string {
    const form = typeBytes(physicalTypeOf(type));
    // Four bytes on the wire, eight here; a wrong length stays wrong.
    const isNarrow = isBinary && type.name === "oid";
    const whole = isNarrow ? Buffer.concat([new Uint8Array(4), bytes]) : bytes;
    return this.engine.decodeParameter(form, isBinary, whole, index, this.bytesOf(settings));
  }

  /** A statement asks many times with the same settings. */
  private bytesOf(settings: EvaluationSettings): Uint8Array {
    if (this.encoded?.of !== settings) {
      this.encoded = { of: settings, bytes: settingsBytes(settings) };
    }
    return this.encoded.bytes;
  }
}
