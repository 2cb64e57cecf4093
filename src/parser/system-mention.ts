import type { Position, Query } from "./ast/index.js";
import type { SqlError } from "../errors/index.js";

/** A relation as a query names it. */
export interface MentionedRelation {
  readonly catalog: string | undefined;
  readonly schema: string | undefined;
  readonly name: string;
  readonly position: Position;
}

export interface MentionedFunction {
  readonly schema: string | undefined;
  readonly name: string;
}

/**
 * What the grammar saw of a query that may be PostgreSQL's own: one over its catalogs, or one that
 * reads no relation. Such a query may use constructs that have no node in our tree: then only its text can be run.
 */
export interface SystemMention {
  readonly text: string;
  /** Where `text` starts in the whole, in UTF-16 units from 0. */
  readonly start: number;
  /** Without those that WITH defines. */
  readonly relations: readonly MentionedRelation[];
  readonly functions: readonly MentionedFunction[];
  /** Names of types, without schema. */
  readonly types: readonly string[];
  /** Why there is no tree, for those who would need it; the query is an empty one then. */
  readonly refusal: SqlError | undefined;
}

const MENTIONS = new WeakMap<Query, SystemMention>();

/** Undefined for a query that cannot be one of the system catalog. */
export function systemMentionOf(query: Query): SystemMention | undefined {
  return MENTIONS.get(query);
}

/** For the lowering. */
export function remember(query: Query, mention: SystemMention): Query {
  MENTIONS.set(query, mention);
  return query;
}
