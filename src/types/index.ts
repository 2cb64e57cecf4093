/**
 * types: SQL types, their catalog facts, and the physical form the engine keeps them in.
 *
 * May import errors and env. Invariant: a value never becomes a JavaScript number or Date here or
 * anywhere in the frontend; it is PostgreSQL text until the engine reads it.
 * Start reading at sql-type.ts, then coercion.ts.
 */
export { elementForm, hasUnequalForms } from "./array-type.js";
export { type Polymorphic, resolvePolymorphic } from "./polymorphic.js";
export {
  type ArrayName,
  type ElementName,
  type SqlType,
  type TypeName,
  type TypeCategory,
  type TypeFacts,
  ELEMENT_NAMES,
  TYPE_FACTS,
  arrayOf,
  elementOf,
  isArray,
  sqlType,
  numericType,
  numericTypmod,
  precisionAndScale,
  characterTypmod,
  typeOfOid,
  formatType,
  sameType,
} from "./sql-type.js";
export {
  type PhysicalKind,
  type PhysicalType,
  MAX_DECIMAL_DIGITS,
  physicalTypeOf,
  decimalType,
  samePhysical,
  printPhysical,
} from "./physical-type.js";
export {
  type ArgumentType,
  type CategoryFacts,
  type CoercionContext,
  type CastMethod,
  type CommonType,
  type CommonTypeConflict,
  type ForeignTypeName,
  type PolymorphicName,
  canCoerce,
  categoryOf,
  coercionPathway,
  isPolymorphic,
  selectCommonType,
} from "./coercion.js";
export { type Candidate, type Choice, chooseOverload } from "./overload-choice.js";
export { FULL_INTERVAL_PRECISION, intervalTypmod, intervalTypmodParts } from "./interval-type.js";
