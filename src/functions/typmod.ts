import { featureNotSupported } from "../errors/index.js";
import type { Expression } from "../plan/index.js";
import {
  elementOf,
  formatType,
  intervalTypmodParts,
  isArray,
  physicalTypeOf,
  precisionAndScale,
  sameType,
  type SqlType,
} from "../types/index.js";
import { formOf } from "./array-value.js";
import { callOp, integer, literal, relabel } from "./construct.js";
import { isDecimal, rescaleUp, toSelfScaled, withScale } from "./decimal.js";
import { fitsDecimal } from "./cast.js";

/**
 * A value of a type's name brought to its modifier: numeric(p,s), varchar(n), timestamp(p) …
 * (PostgreSQL's coerce_type_typmod). `explicit` casts cut strings off, others raise 22001.
 */
export function applyTypmod(value: Expression, type: SqlType, explicit: boolean): Expression {
  if (type.typmod < 0 || sameType(value.type, type)) return value;
  if (value.kind === "literal" && value.text === null) {
    return literal(null, type, physicalTypeOf(type));
  }
  if (isArray(type.name)) return constrainArray(value, type);
  switch (type.name) {
    case "numeric":
      return constrainNumeric(value, type);
    case "varchar":
    case "bpchar":
      return constrainString(value, type, explicit);
    case "time":
    case "timestamp":
    case "timestamptz": {
      const op = type.name === "time" ? "time_scale" : "timestamp_scale";
      return callOp(op, [value, integer(type.typmod)], { type, fallible: false });
    }
    case "interval":
      return constrainInterval(value, type);
    default:
      return value;
  }
}

/** Elements cut or rounded, as explicit casts do. */
function constrainArray(value: Expression, type: SqlType): Expression {
  const element = elementOf(type.name) ?? "text";
  if (element !== "numeric" && element !== "varchar" && element !== "bpchar") {
    throw featureNotSupported(`modifiers of type ${formatType(type)} are not supported`, undefined);
  }
  const args = [value, formOf(element), integer(type.typmod)];
  return callOp("array_cast", args, { type, fallible: true });
}

function constrainNumeric(value: Expression, type: SqlType): Expression {
  const shape = precisionAndScale(type);
  if (shape === undefined) return value;
  const { precision, scale } = shape;
  const physical = physicalTypeOf(type);
  if (physical.kind === "numeric") {
    const selfScaled = toSelfScaled(value);
    const args = [selfScaled, integer(precision), integer(scale)];
    return callOp("cast_numeric", args, { type, fallible: true });
  }
  if (fitsDecimal(value, precision, scale)) {
    return relabel(rescaleUp(value, precision, scale), type);
  }
  if (isDecimal(value) && value.physical.scale < scale) {
    const grown = value.physical.precision + scale - value.physical.scale;
    if (grown <= precision) return relabel(rescaleUp(value, precision, scale), type);
  }
  const args = [...withScale(value), integer(precision), integer(scale)];
  return callOp(`cast_${physical.kind}`, args, { type, physical, fallible: true });
}

function constrainString(value: Expression, type: SqlType, explicit: boolean): Expression {
  const length = type.typmod - 4;
  if (value.kind === "literal") {
    const text = value.text ?? "";
    const size = [...text].length;
    if (size <= length) {
      const padding = type.name === "bpchar" ? " ".repeat(length - size) : "";
      return literal(text + padding, type);
    }
  }
  const op = `${explicit ? "cast" : "assign"}_${type.name}`;
  return callOp(op, [value, integer(length)], { type, fallible: !explicit });
}

function constrainInterval(value: Expression, type: SqlType): Expression {
  const { fields, precision } = intervalTypmodParts(type.typmod);
  const op = fields === undefined ? "interval_scale" : "interval_fields";
  const argument = integer(fields === undefined ? (precision ?? 6) : type.typmod);
  return callOp(op, [value, argument], { type, fallible: false });
}
