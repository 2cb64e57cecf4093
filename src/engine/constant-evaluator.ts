import { invariant, wrongArrayElementType } from "../errors/index.js";
import { constantBytes, settingsBytes, typeBytes } from "../fragments/index.js";
import { callOp, formOf, literal, withShownText } from "../functions/index.js";
import type { ConstantEvaluator, EvaluationSettings, Expression } from "../plan/index.js";
import {
  elementOf,
  physicalTypeOf,
  sqlType,
  TYPE_FACTS,
  typeOfOid,
  type SqlType,
  type TypeName,
} from "../types/index.js";
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

  /** A value as the wire brought it, as literals have it; `index` of `$n` is for messages. */
  readParameter(
    type: SqlType,
    isBinary: boolean,
    bytes: Uint8Array,
    index: number,
    settings: EvaluationSettings,
  ): ParameterText {
    const element = elementOf(type.name);
    if (element !== undefined) {
      return this.readArray(type, element, isBinary, bytes, index, settings);
    }
    const form = typeBytes(physicalTypeOf(type));
    // Four bytes on the wire, eight here; a wrong length stays wrong.
    const isNarrow = isBinary && type.name === "oid";
    const whole = isNarrow ? Buffer.concat([new Uint8Array(4), bytes]) : bytes;
    const encoded = this.bytesOf(settings);
    return { text: this.engine.decodeParameter(form, isBinary, whole, index, encoded) };
  }

  /** An array by its own input: text as a literal's, or the binary form of its elements' type. */
  private readArray(
    type: SqlType,
    element: TypeName,
    isBinary: boolean,
    bytes: Uint8Array,
    index: number,
    settings: EvaluationSettings,
  ): ParameterText {
    if (isBinary) checkElementOid(bytes, element);
    const raw = sqlType(isBinary ? "bytea" : "text");
    const given = isBinary
      ? `\\x${Buffer.from(bytes).toString("hex")}`
      : this.readParameter(raw, false, bytes, index, settings).text;
    const op = isBinary ? "array_recv" : "array_in";
    const read = callOp(op, [literal(given, raw), formOf(element)], { type, fallible: true });
    const text = this.evaluate(read, settings);
    invariant(text !== null, "an array read as NULL");
    const { shown = "{}" } = withShownText(literal(text, type), this, settings);
    return { text, shown };
  }

  /** A statement asks many times with the same settings. */
  private bytesOf(settings: EvaluationSettings): Uint8Array {
    if (this.encoded?.of !== settings) {
      this.encoded = { of: settings, bytes: settingsBytes(settings) };
    }
    return this.encoded.bytes;
  }
}

/** A value as literals have it. */
export interface ParameterText {
  readonly text: string;
  /** Of an array: how it is shown. */
  readonly shown?: string;
}

const ELEMENT_OID_OFFSET = 8;

/** OIDs from here on are no types that every server knows: of them nothing is said. */
const FIRST_UNSTABLE_OID = 10_000;

/** 42804 where an array in binary says that its elements are of another type. */
function checkElementOid(bytes: Uint8Array, element: TypeName): void {
  if (bytes.length < ELEMENT_OID_OFFSET + 4) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const given = view.getUint32(ELEMENT_OID_OFFSET);
  if (given === TYPE_FACTS[element].oid || given >= FIRST_UNSTABLE_OID) return;
  const known = typeOfOid(given);
  const names = [known, element].map((name) => (name && TYPE_FACTS[name].display) ?? "???");
  throw wrongArrayElementType(given, names[0] ?? "", TYPE_FACTS[element].oid, names[1] ?? "");
}
