/**
 * functions: the SQL face of every function, operator and aggregate, and of every cast.
 *
 * May import errors, env, types and plan. Invariant: an overload says its SQL types and lowers
 * itself to native operations; what an operation means stands in engine-native/ops alone.
 * Start reading at overload.ts, then registry.ts; `ALL_FUNCTIONS` is the one registration.
 */
import { arrayAgg, arrayOfBytes, elementBytes } from "./aggregate/array-agg.js";
import { bitAggregates } from "./aggregate/bits.js";
import { boolAnd, boolOr, every } from "./aggregate/booleans.js";
import { count } from "./aggregate/count.js";
import { extremes } from "./aggregate/extremes.js";
import { moments } from "./aggregate/moments.js";
import { regressions } from "./aggregate/regression.js";
import { stringAgg } from "./aggregate/string-agg.js";
import { sum } from "./aggregate/sum.js";
import { FunctionRegistry, type RegisteredFunction } from "./registry.js";
import { abs, absoluteOperator } from "./scalar/absolute-value.js";
import { addition } from "./scalar/addition.js";
import { age } from "./scalar/age.js";
import * as bitwise from "./scalar/bitwise.js";
import { byteFunctions } from "./scalar/bytes.js";
import { comparisons } from "./scalar/comparison.js";
import { concat, concatenationOperator, concatWs } from "./scalar/concatenation.js";
import { arrayEditing, arrayTexts } from "./scalar/array-edit.js";
import { arrayQuestions } from "./scalar/array-search.js";
import { currentTimes } from "./scalar/current-time.js";
import { dateBin, dateTrunc } from "./scalar/date-trunc.js";
import { division, wholeDivision } from "./scalar/division.js";
import { datePart, extract } from "./scalar/extract.js";
import { format } from "./scalar/format.js";
import { formatting } from "./scalar/formatting.js";
import { intervalShapes } from "./scalar/interval-shape.js";
import * as logarithm from "./scalar/logarithm.js";
import { makers } from "./scalar/make-datetime.js";
import { multiplication } from "./scalar/multiplication.js";
import { negation } from "./scalar/negation.js";
import * as numberTheory from "./scalar/number-theory.js";
import { overlaps } from "./scalar/overlaps.js";
import { patternFunctions, patternOperators } from "./scalar/pattern.js";
import * as power from "./scalar/power.js";
import { regularExpressions } from "./scalar/regular-expression.js";
import { mod, percent } from "./scalar/remainder.js";
import { random, setseed } from "./scalar/random.js";
import * as roots from "./scalar/roots.js";
import * as rounding from "./scalar/rounding.js";
import { sessionFunctions } from "./scalar/session.js";
import { sign } from "./scalar/sign.js";
import * as substrings from "./scalar/substring.js";
import { subtraction } from "./scalar/subtraction.js";
import { textCodes } from "./scalar/text-code.js";
import { textShapes } from "./scalar/text-shape.js";
import * as textSize from "./scalar/text-size.js";
import { timezone } from "./scalar/time-zone.js";
import { trigonometry } from "./scalar/trigonometry.js";
import { trims } from "./scalar/trim.js";
import { numNonNulls, numNulls, pgTypeof } from "./scalar/type-info.js";
import { generateSeries } from "./table/generate-series.js";
import { regexpMatches, regexpSplitToTable, stringToTable } from "./table/split-text.js";
import { generateSubscripts, unnest } from "./table/unnest.js";

export const ALL_FUNCTIONS: readonly RegisteredFunction[] = [
  // Numbers.
  addition,
  subtraction,
  negation,
  multiplication,
  division,
  wholeDivision,
  percent,
  mod,
  abs,
  absoluteOperator,
  sign,
  ...Object.values(bitwise),
  ...Object.values(power),
  ...Object.values(roots),
  ...Object.values(rounding),
  ...Object.values(logarithm),
  ...Object.values(numberTheory),
  ...trigonometry,
  random,
  setseed,
  // Comparison.
  ...comparisons,
  // Text and bytes.
  concatenationOperator,
  concat,
  concatWs,
  format,
  ...patternOperators,
  ...patternFunctions,
  ...regularExpressions,
  ...textShapes,
  ...Object.values(textSize),
  ...Object.values(substrings),
  ...trims,
  ...textCodes,
  ...byteFunctions,
  // Arrays.
  ...arrayEditing,
  ...arrayQuestions,
  ...arrayTexts,
  // Dates and times.
  extract,
  datePart,
  dateTrunc,
  dateBin,
  age,
  timezone,
  overlaps,
  ...makers,
  ...intervalShapes,
  ...formatting,
  ...currentTimes,
  // The session, and values themselves.
  ...sessionFunctions,
  pgTypeof,
  numNulls,
  numNonNulls,
  // Aggregates.
  count,
  sum,
  ...moments,
  ...extremes,
  boolAnd,
  boolOr,
  every,
  ...bitAggregates,
  ...regressions,
  stringAgg,
  arrayAgg,
  // Sets.
  generateSeries,
  stringToTable,
  regexpSplitToTable,
  regexpMatches,
  unnest,
  generateSubscripts,
];

export const FUNCTIONS = new FunctionRegistry(ALL_FUNCTIONS);

export {
  aggregateFunction,
  type AggregateFunction,
  type AggregateOverload,
  type LoweredAggregate,
} from "./aggregate-overload.js";
export { castTo, trimBlanks, typedLiteral } from "./cast.js";
export {
  at,
  boolean,
  BOOL,
  callOp,
  caseWhen,
  coalesce,
  connect,
  constantText,
  integer,
  INT4,
  isNull,
  literal,
  not,
  relabel,
  TEXT,
  type CallFacts,
} from "./construct.js";
export {
  alignScales,
  commonDecimal,
  isDecimal,
  numericLiteral,
  rescaleUp,
  toSelfScaled,
  unifyNumerics,
} from "./decimal.js";
export { arrayOfBytes, elementBytes };
export {
  comparedWithEach,
  eachElement,
  isEachElement,
  shownElements,
  writtenOut,
} from "./quantified.js";
export {
  arrayOfValues,
  comparable,
  elementAt,
  emptyArray,
  formOf,
  packed,
  recordOf,
  stacked,
  withShownText,
} from "./array-value.js";
export {
  operator,
  overload,
  returnedType,
  scalarFunction,
  type CallSite,
  type Lower,
  type ScalarFunction,
  type ScalarOverload,
} from "./overload.js";
export { FunctionRegistry, type RegisteredFunction } from "./registry.js";
export { expandOverloads, resolveFunction, resolveOperator, type Expanded } from "./resolve.js";
export {
  compareValues,
  comparisonOp,
  widen,
  widerType,
  type ComparisonOp,
} from "./scalar/comparison.js";
export type { SessionInfo } from "./session-info.js";
export type { TableFunction, TableOverload } from "./table-overload.js";
export { applyTypmod } from "./typmod.js";
export { sessionName, timeFunction, type TimeFunctionName } from "./value-function.js";
