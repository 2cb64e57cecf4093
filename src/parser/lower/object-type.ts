import type { ObjectType } from "libpg-query";
import type { DropObjectType } from "../ast/index.js";

/** What command tags call the kinds of objects: `DROP INDEX`, `ALTER TABLE`. */
const TAG_WORDS: { readonly [K in ObjectType]?: string } = {
  OBJECT_ACCESS_METHOD: "ACCESS METHOD",
  OBJECT_AGGREGATE: "AGGREGATE",
  OBJECT_ATTRIBUTE: "TYPE",
  OBJECT_CAST: "CAST",
  OBJECT_COLLATION: "COLLATION",
  OBJECT_COLUMN: "TABLE",
  OBJECT_CONVERSION: "CONVERSION",
  OBJECT_DATABASE: "DATABASE",
  OBJECT_DOMAIN: "DOMAIN",
  OBJECT_DOMCONSTRAINT: "DOMAIN",
  OBJECT_EVENT_TRIGGER: "EVENT TRIGGER",
  OBJECT_EXTENSION: "EXTENSION",
  OBJECT_FDW: "FOREIGN DATA WRAPPER",
  OBJECT_FOREIGN_SERVER: "SERVER",
  OBJECT_FOREIGN_TABLE: "FOREIGN TABLE",
  OBJECT_FUNCTION: "FUNCTION",
  OBJECT_INDEX: "INDEX",
  OBJECT_LANGUAGE: "LANGUAGE",
  OBJECT_LARGEOBJECT: "LARGE OBJECT",
  OBJECT_MATVIEW: "MATERIALIZED VIEW",
  OBJECT_OPCLASS: "OPERATOR CLASS",
  OBJECT_OPERATOR: "OPERATOR",
  OBJECT_OPFAMILY: "OPERATOR FAMILY",
  OBJECT_POLICY: "POLICY",
  OBJECT_PROCEDURE: "PROCEDURE",
  OBJECT_PUBLICATION: "PUBLICATION",
  OBJECT_ROLE: "ROLE",
  OBJECT_ROUTINE: "ROUTINE",
  OBJECT_RULE: "RULE",
  OBJECT_SCHEMA: "SCHEMA",
  OBJECT_SEQUENCE: "SEQUENCE",
  OBJECT_STATISTIC_EXT: "STATISTICS",
  OBJECT_SUBSCRIPTION: "SUBSCRIPTION",
  OBJECT_TABCONSTRAINT: "TABLE",
  OBJECT_TABLE: "TABLE",
  OBJECT_TABLESPACE: "TABLESPACE",
  OBJECT_TRANSFORM: "TRANSFORM",
  OBJECT_TRIGGER: "TRIGGER",
  OBJECT_TSCONFIGURATION: "TEXT SEARCH CONFIGURATION",
  OBJECT_TSDICTIONARY: "TEXT SEARCH DICTIONARY",
  OBJECT_TSPARSER: "TEXT SEARCH PARSER",
  OBJECT_TSTEMPLATE: "TEXT SEARCH TEMPLATE",
  OBJECT_TYPE: "TYPE",
  OBJECT_USER_MAPPING: "USER MAPPING",
  OBJECT_VIEW: "VIEW",
};

/** A command tag about an object: the verb and the object's words. */
export function objectTag(verb: string, type: ObjectType | undefined): string {
  const words = type === undefined ? undefined : TAG_WORDS[type];
  return words === undefined ? verb : `${verb} ${words}`;
}

const DROPPABLE: { readonly [K in ObjectType]?: DropObjectType } = {
  OBJECT_FOREIGN_SERVER: "server",
  OBJECT_FOREIGN_TABLE: "foreignTable",
  OBJECT_MATVIEW: "materializedView",
  OBJECT_SCHEMA: "schema",
  OBJECT_TABLE: "table",
  OBJECT_VIEW: "view",
};

/** Kinds of objects that the tree has words for; undefined for all others. */
export function droppableType(type: ObjectType | undefined): DropObjectType | undefined {
  return type === undefined ? undefined : DROPPABLE[type];
}
