import { elementOf, isArray, TYPE_FACTS, type TypeCategory, type TypeName } from "./sql-type.js";

/** When a cast may be applied: by itself anywhere, when storing a value, or only where written. */
export type CoercionContext = "implicit" | "assignment" | "explicit";

/** relabel: the same bytes; function: a conversion; text: by way of the value's text. */
export type CastMethod = "relabel" | "function" | "text";

/**
 * Types that take part in PostgreSQL's choice of overloads but that the engine does not have. Only
 * a literal of unknown type can become one, and then the statement is refused.
 */
export type ForeignTypeName = keyof typeof FOREIGN_TYPES;

const FOREIGN_TYPES = {
  bit: { category: "V", preferred: false },
  "bit varying": { category: "V", preferred: true },
  money: { category: "N", preferred: false },
  inet: { category: "I", preferred: true },
  macaddr: { category: "U", preferred: false },
  "time with time zone": { category: "D", preferred: false },
  jsonb: { category: "U", preferred: false },
  xid: { category: "U", preferred: false },
  pg_lsn: { category: "U", preferred: false },
} as const;

/** What an overload declares for an argument: a type, or a class of types. */
export type ArgumentType = TypeName | ForeignTypeName | PolymorphicName;

/** Classes of types (pg_type.typtype p). */
export type PolymorphicName = keyof typeof POLYMORPHIC;

const POLYMORPHIC = {
  any: "value",
  anyelement: "value",
  anycompatible: "value",
  anynonarray: "nonarray",
  anyarray: "array",
  anycompatiblearray: "array",
} as const;

export function isPolymorphic(type: ArgumentType): type is PolymorphicName {
  return Object.hasOwn(POLYMORPHIC, type);
}

const RANK: Readonly<Record<CoercionContext, number>> = { implicit: 0, assignment: 1, explicit: 2 };

interface Cast {
  readonly context: CoercionContext;
  readonly method: CastMethod;
}

type CastTable = Partial<Record<TypeName, Partial<Record<TypeName, Cast>>>>;

const implicitCall: Cast = { context: "implicit", method: "function" };
const assignmentCall: Cast = { context: "assignment", method: "function" };
const explicitCall: Cast = { context: "explicit", method: "function" };
const implicitRelabel: Cast = { context: "implicit", method: "relabel" };
const assignmentRelabel: Cast = { context: "assignment", method: "relabel" };

/** pg_cast between types the engine has, from source to target. */
const CASTS: CastTable = {
  bool: {
    int4: explicitCall,
    text: assignmentCall,
    varchar: assignmentCall,
    bpchar: assignmentCall,
  },
  int2: {
    int4: implicitCall,
    int8: implicitCall,
    float4: implicitCall,
    float8: implicitCall,
    numeric: implicitCall,
    oid: implicitCall,
  },
  int4: {
    bool: explicitCall,
    int2: assignmentCall,
    int8: implicitCall,
    float4: implicitCall,
    float8: implicitCall,
    numeric: implicitCall,
    oid: implicitCall,
  },
  int8: {
    int2: assignmentCall,
    int4: assignmentCall,
    float4: implicitCall,
    float8: implicitCall,
    numeric: implicitCall,
    oid: implicitCall,
  },
  float4: {
    int2: assignmentCall,
    int4: assignmentCall,
    int8: assignmentCall,
    float8: implicitCall,
    numeric: assignmentCall,
  },
  float8: {
    int2: assignmentCall,
    int4: assignmentCall,
    int8: assignmentCall,
    float4: assignmentCall,
    numeric: assignmentCall,
  },
  numeric: {
    int2: assignmentCall,
    int4: assignmentCall,
    int8: assignmentCall,
    float4: implicitCall,
    float8: implicitCall,
  },
  oid: { int4: assignmentCall, int8: assignmentRelabel },
  text: { varchar: implicitRelabel, bpchar: implicitRelabel, name: implicitCall },
  varchar: { text: implicitRelabel, bpchar: implicitRelabel, name: implicitCall },
  bpchar: { text: implicitCall, varchar: implicitCall, name: implicitCall },
  name: { text: implicitRelabel, varchar: assignmentRelabel, bpchar: assignmentRelabel },
  date: { timestamp: implicitCall, timestamptz: implicitCall },
  time: { interval: implicitCall },
  timestamp: { date: assignmentCall, time: assignmentCall, timestamptz: implicitCall },
  timestamptz: { date: assignmentCall, time: assignmentCall, timestamp: assignmentCall },
  interval: { time: assignmentCall },
};

/**
 * How a value of `source` becomes one of `target` in this context, or undefined where it may not
 * (PostgreSQL's find_coercion_pathway). Equal types relabel. Not for unknown sources.
 */
export function coercionPathway(
  source: TypeName,
  target: TypeName,
  context: CoercionContext,
): CastMethod | undefined {
  if (source === target) return "relabel";
  const cast = CASTS[source]?.[target];
  if (cast !== undefined) {
    return RANK[context] >= RANK[cast.context] ? cast.method : undefined;
  }
  if (isPseudoType(source) || isPseudoType(target)) return recordPathway(source, target, context);
  const elements = [elementOf(source), elementOf(target)] as const;
  if (elements[0] !== undefined && elements[1] !== undefined) {
    return coercionPathway(elements[0], elements[1], context) && "function";
  }
  if (RANK[context] >= RANK.assignment && TYPE_FACTS[target].category === "S") return "text";
  if (context === "explicit" && TYPE_FACTS[source].category === "S") return "text";
  return undefined;
}

/** Rows have a text, and nothing else. */
function recordPathway(
  source: TypeName,
  target: TypeName,
  context: CoercionContext,
): CastMethod | undefined {
  const isText = source === "record" && TYPE_FACTS[target].category === "S";
  return isText && RANK[context] >= RANK.assignment ? "text" : undefined;
}

function isPseudoType(name: TypeName): boolean {
  return name === "void" || name === "record" || name === "_record" || name === "unknown";
}

function isForeignType(type: ArgumentType): type is ForeignTypeName {
  return Object.hasOwn(FOREIGN_TYPES, type);
}

/** Whether a value of `source` may stand for an argument declared `target`. */
export function canCoerce(
  source: TypeName,
  target: ArgumentType,
  context: CoercionContext,
): boolean {
  if (source === target) return true;
  if (isPolymorphic(target)) {
    if (source === "void") return false;
    const kind = POLYMORPHIC[target];
    if (kind === "value" || source === "unknown") return true;
    return isArray(source) === (kind === "array");
  }
  if (source === "unknown") return target !== "void" && target !== "record";
  if (isForeignType(target)) return false;
  return coercionPathway(source, target, context) !== undefined;
}

export interface CategoryFacts {
  readonly category: TypeCategory | "V" | "I";
  readonly preferred: boolean;
}

/** Category and preference of a declared argument type (get_type_category_preferred). */
export function categoryOf(type: ArgumentType): CategoryFacts {
  if (isPolymorphic(type)) {
    return { category: "P", preferred: false };
  }
  return isForeignType(type) ? FOREIGN_TYPES[type] : TYPE_FACTS[type];
}

/** Why a list of types has no common one. `index` is that of the type that does not fit. */
export interface CommonTypeConflict {
  readonly kind: "conflict";
  readonly index: number;
  readonly chosen: TypeName;
}

export interface CommonType {
  readonly kind: "common";
  readonly name: TypeName;
}

/**
 * The type for UNION, CASE, VALUES, IN, COALESCE and GREATEST (PostgreSQL's select_common_type).
 * Whether every input can really be coerced to it remains to be checked.
 */
export function selectCommonType(types: readonly TypeName[]): CommonType | CommonTypeConflict {
  let chosen: TypeName = types[0] ?? "unknown";
  for (let index = 1; index < types.length; index++) {
    const next = types[index] ?? "unknown";
    if (next === "unknown" || next === chosen) continue;
    if (chosen === "unknown") {
      chosen = next;
      continue;
    }
    if (TYPE_FACTS[next].category !== TYPE_FACTS[chosen].category) {
      return { kind: "conflict", index, chosen };
    }
    const widens =
      !TYPE_FACTS[chosen].preferred &&
      canCoerce(chosen, next, "implicit") &&
      !canCoerce(next, chosen, "implicit");
    if (widens) chosen = next;
  }
  return { kind: "common", name: chosen === "unknown" ? "text" : chosen };
}
