/** One constructor a condition, grouped by who raises it; wording is PostgreSQL 15's. */
export * from "./general.js";
export * from "./parser.js";
