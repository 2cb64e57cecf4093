import type { Node, TypeName as RawTypeName } from "libpg-query";
import type { IntervalFields, Position, TypeName } from "../ast/index.js";
import {
  crossDatabaseTypeName,
  improperTypeName,
  typeModifierNotConstant,
} from "../../errors/index.js";
import { bodyIf, stringsOf } from "../grammar/node.js";
import { freeze, type Lowering } from "./context.js";

const YEAR = 1 << 2;
const MONTH = 1 << 1;
const DAY = 1 << 3;
const HOUR = 1 << 10;
const MINUTE = 1 << 11;
const SECOND = 1 << 12;

/** Masks of the grammar's interval modifier. The mask of all fields (0x7fff) restricts nothing. */
const INTERVAL_FIELDS: ReadonlyMap<number, IntervalFields> = new Map([
  [YEAR, "year"],
  [MONTH, "month"],
  [DAY, "day"],
  [HOUR, "hour"],
  [MINUTE, "minute"],
  [SECOND, "second"],
  [YEAR | MONTH, "year to month"],
  [DAY | HOUR, "day to hour"],
  [DAY | HOUR | MINUTE, "day to minute"],
  [DAY | HOUR | MINUTE | SECOND, "day to second"],
  [HOUR | MINUTE, "hour to minute"],
  [HOUR | MINUTE | SECOND, "hour to second"],
  [MINUTE | SECOND, "minute to second"],
]);

export function lowerTypeName(type: RawTypeName, context: Lowering): TypeName {
  const position = context.at(type.location);
  const names = stringsOf(type.names);
  if (names.length > 3) throw improperTypeName(names);
  if (names.length > 2) throw crossDatabaseTypeName(names);
  const written = (type.typmods ?? []).map((node) => modifierText(node, position));
  const name = names.at(-1) ?? "";
  const isInterval = names.length === 2 && name === "interval" && written.length > 0;
  return freeze({
    kind: "typeName",
    schema: names.length === 2 ? names[0] : undefined,
    name,
    modifiers: Object.freeze(isInterval ? written.slice(1) : written),
    intervalFields: isInterval ? INTERVAL_FIELDS.get(Number(written[0])) : undefined,
    arrayDimensions: type.arrayBounds?.length ?? 0,
    setOf: type.setof ?? false,
    position,
  });
}

function modifierText(node: Node, position: Position): string {
  const constant = bodyIf("A_Const", node);
  if (constant?.ival !== undefined) return String(constant.ival.ival ?? 0);
  if (constant?.fval !== undefined) return constant.fval.fval ?? "0";
  if (constant?.sval !== undefined) return constant.sval.sval ?? "";
  const names = stringsOf(bodyIf("ColumnRef", node)?.fields);
  const [name] = names;
  if (name === undefined || names.length > 1) throw typeModifierNotConstant(position);
  return name;
}
