export * from "./logical.js";
export * from "./physical.js";
export * from "./relation.js";
export * from "./walk.js";
