export * from "./expression.js";
export * from "./walk.js";
