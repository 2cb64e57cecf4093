export * from "./equal.js";
export * from "./expression.js";
export * from "./walk.js";
