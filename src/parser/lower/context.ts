import type { Node, SelectStmt } from "libpg-query";
import type { Expression, OrderItem, Position, Query, Statement } from "../ast/index.js";
import { stackDepthExceeded } from "../../errors/index.js";
import type { SourceMap } from "../source-map.js";

/**
 * How deep expressions, queries, joins and statements may nest in one another. Everything after the
 * parser recurses over the tree too, on the same stack.
 */
export const MAX_NESTING_DEPTH = 1000;

/** The mutually recursive parts of lowering, as one object so that their files form no cycle. */
export interface LoweringRules {
  expression(node: Node, context: Lowering): Expression;
  query(select: SelectStmt, context: Lowering): Query;
  orderItem(node: Node, context: Lowering): OrderItem;
  statement(node: Node, context: Lowering): Statement;
}

/** One text being lowered: positions, depth, and the way back into the recursion. */
export class Lowering {
  readonly source: SourceMap;
  /** The statement's own slice of the text. */
  readonly statementText: string;
  /** Where that starts in the whole, in UTF-16 units from 0. */
  readonly statementStart: number;
  readonly #rules: LoweringRules;
  #depth = 0;

  constructor(
    source: SourceMap,
    statementText: string,
    rules: LoweringRules,
    statementStart: number,
  ) {
    this.source = source;
    this.statementText = statementText;
    this.statementStart = statementStart;
    this.#rules = rules;
  }

  /** Position of a raw location; absent means the text's first byte, negative means none. */
  at(location: number | undefined): Position {
    return this.source.position(location);
  }

  expression(node: Node): Expression {
    this.#enter();
    const expression = this.#rules.expression(node, this);
    this.#depth -= 1;
    return expression;
  }

  optional(node: Node | undefined): Expression | undefined {
    return node === undefined ? undefined : this.expression(node);
  }

  expressions(nodes: readonly Node[] | undefined): readonly Expression[] {
    return this.list(nodes, (node) => this.expression(node));
  }

  orderItems(nodes: readonly Node[] | undefined): readonly OrderItem[] {
    return this.list(nodes, (node) => this.#rules.orderItem(node, this));
  }

  query(select: SelectStmt): Query {
    this.#enter();
    const query = this.#rules.query(select, this);
    this.#depth -= 1;
    return query;
  }

  statement(node: Node): Statement {
    this.#enter();
    const statement = this.#rules.statement(node, this);
    this.#depth -= 1;
    return statement;
  }

  list<T>(nodes: readonly Node[] | undefined, lower: (node: Node) => T): readonly T[] {
    return Object.freeze((nodes ?? []).map(lower));
  }

  /** Runs `lower` one level deeper. */
  nested<T>(lower: () => T): T {
    this.#enter();
    const result = lower();
    this.#depth -= 1;
    return result;
  }

  /** 54001 beyond the limit. An error ends the lowering, so only success need leave again. */
  #enter(): void {
    if (this.#depth >= MAX_NESTING_DEPTH) throw stackDepthExceeded();
    this.#depth += 1;
  }
}

/** A node of the tree: frozen, so that nobody downstream can edit what others share. */
export function freeze<const T extends object>(node: T): Readonly<T> {
  return Object.freeze(node);
}
