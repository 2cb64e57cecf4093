/** One constructor a condition, grouped by who raises it; wording is PostgreSQL 15's. */
export * from "./general.js";
export * from "./wire.js";
export * from "./session.js";
export * from "./security.js";
export * from "./login.js";
export * from "./system-catalog.js";
export * from "./parser.js";
export * from "./binder.js";
export * from "./functions.js";
export * from "./catalog.js";
export * from "./store.js";
export * from "./copy.js";
export * from "./dialect.js";
export * from "./engine.js";
export * from "./notification.js";
export * from "./optimizer.js";
export * from "./temporary.js";
