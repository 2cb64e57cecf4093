import { aggregateFunction, direct } from "../aggregate-overload.js";

export const boolAnd = aggregateFunction("bool_and", [direct("bool_and", ["bool"], "bool")]);
export const every = aggregateFunction("every", [direct("bool_and", ["bool"], "bool")]);
export const boolOr = aggregateFunction("bool_or", [direct("bool_or", ["bool"], "bool")]);
