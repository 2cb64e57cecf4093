import { coercionPathway, selectCommonType, type ArgumentType } from "./coercion.js";
import { arrayOf, elementOf, TYPE_FACTS, type TypeName } from "./sql-type.js";

/** What the polymorphic arguments of a call are; undefined where the call has none of the kind. */
export interface Polymorphic {
  /** A type each argument that is polymorphic, undefined for the others. */
  readonly args: readonly (TypeName | undefined)[];
  /** A family has no input but unknown ones to tell its type. */
  readonly isOpen: boolean;
}

/** Arguments that are elements of one type and arrays of it. */
interface Family {
  readonly elements: ReadonlySet<ArgumentType>;
  readonly arrays: ReadonlySet<ArgumentType>;
}

const EXACT: Family = {
  elements: new Set<ArgumentType>(["anyelement", "anynonarray"]),
  arrays: new Set<ArgumentType>(["anyarray"]),
};
const COMPATIBLE: Family = {
  elements: new Set<ArgumentType>(["anycompatible"]),
  arrays: new Set<ArgumentType>(["anycompatiblearray"]),
};

/**
 * PostgreSQL's rules for polymorphic arguments: those of the `any…` family have one element type,
 * those of the `anycompatible…` family are brought to a common one. Undefined where they disagree.
 */
export function resolvePolymorphic(
  declared: readonly ArgumentType[],
  inputs: readonly TypeName[],
): Polymorphic | undefined {
  const exact = familyType(EXACT, declared, inputs, sameType);
  const compatible = familyType(COMPATIBLE, declared, inputs, commonType);
  if (exact === "conflict" || compatible === "conflict") return undefined;
  const args = declared.map((target) => {
    if (EXACT.elements.has(target)) return exact;
    if (EXACT.arrays.has(target)) return exact && arrayOf(exact);
    if (COMPATIBLE.elements.has(target)) return compatible ?? "text";
    if (COMPATIBLE.arrays.has(target)) return arrayOf(compatible ?? "text");
    return undefined;
  });
  const needsArray = declared.some((d) => EXACT.arrays.has(d));
  if (exact !== undefined && needsArray && arrayOf(exact) === undefined) return undefined;
  const mentions = declared.some((d) => EXACT.elements.has(d) || EXACT.arrays.has(d));
  return { args, isOpen: mentions && exact === undefined };
}

/** The element type of a family; undefined where only unknown inputs stand for it. */
function familyType(
  family: Family,
  declared: readonly ArgumentType[],
  inputs: readonly TypeName[],
  unite: (types: readonly TypeName[]) => TypeName | "conflict" | undefined,
): TypeName | "conflict" | undefined {
  const types: TypeName[] = [];
  for (const [i, target] of declared.entries()) {
    const input = inputs[i] ?? "unknown";
    if (input === "unknown") continue;
    if (family.elements.has(target)) types.push(input);
    if (!family.arrays.has(target)) continue;
    const element = elementOf(input);
    if (element === undefined) return "conflict";
    types.push(element);
  }
  return unite(types);
}

function sameType(types: readonly TypeName[]): TypeName | "conflict" | undefined {
  const [first] = types;
  return types.every((type) => type === first) ? first : "conflict";
}

function commonType(types: readonly TypeName[]): TypeName | "conflict" | undefined {
  if (types.length === 0) return undefined;
  const common = selectCommonType(types);
  if (common.kind === "conflict") return "conflict";
  const fits = types.every((type) => coercionPathway(type, common.name, "implicit") !== undefined);
  return fits && Object.hasOwn(TYPE_FACTS, common.name) ? common.name : "conflict";
}
