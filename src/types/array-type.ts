import { elementOf, type ElementName, type TypeName } from "./sql-type.js";

/** How the engine writes an element (engine-native/ops/array/element.h): its number there. */
const FORMS: Readonly<Record<ElementName, number>> = {
  bool: 1,
  int2: 2,
  int4: 3,
  int8: 4,
  float4: 5,
  float8: 6,
  numeric: 7,
  date: 8,
  time: 9,
  timestamp: 10,
  timestamptz: 11,
  interval: 12,
  uuid: 13,
  text: 14,
  varchar: 14,
  name: 14,
  bytea: 15,
  bpchar: 16,
  oid: 17,
  record: 18,
};
const ARRAY_FORM = 19;

/** Forms of which equal values may be told apart: a numeric's scale, a zero's sign. */
const FORMS_WITH_REST: ReadonlySet<number> = new Set([5, 6, 7, 12, 16, 18]);

/** The form of values of this type as elements; an array is one only in a record. */
export function elementForm(name: TypeName): number {
  if (elementOf(name) !== undefined) return ARRAY_FORM;
  return Object.hasOwn(FORMS, name) ? FORMS[name as ElementName] : FORMS.text;
}

/** Whether equal arrays or records of this type may differ in their bytes. */
export function hasUnequalForms(name: TypeName): boolean {
  const element = elementOf(name) ?? name;
  if (element === "record") return true;
  return elementOf(name) !== undefined && FORMS_WITH_REST.has(elementForm(element));
}
