import type { CatalogSnapshot } from "../catalog/index.js";
import { BOOL, type FunctionRegistry, type SessionInfo } from "../functions/index.js";
import type { Expression as AstExpression, Query } from "../parser/index.js";
import {
  ColumnFactory,
  type Column,
  type ColumnId,
  type ConstantEvaluator,
  type EvaluationSettings,
  type Expression,
} from "../plan/index.js";
import type { TypeName } from "../types/index.js";
import type { ParameterTypes } from "./parameters.js";
import { RelationAccesses } from "./relation-accesses.js";
import type { QueryResult, QueryOptions } from "./query/query-result.js";
import type { Scope } from "./scope.js";

/** Which schemas the user may look names up in. */
export interface SchemaRights {
  usesSchema(name: string): boolean;
  checkUsesSchema(name: string, position?: number): void;
}

/** What a statement is bound against. */
export interface BindContext {
  readonly catalog: CatalogSnapshot;
  readonly functions: FunctionRegistry;
  readonly evaluator: ConstantEvaluator;
  readonly settings: EvaluationSettings;
  readonly session: SessionInfo;
  readonly searchPath: readonly string[];
  /** As the client declared them; undefined where it left the type open. */
  readonly parameterTypes: readonly (TypeName | undefined)[];
  /** Throws 42501 where names in a schema may not be looked up; unless given, all may. */
  readonly schemaRights?: SchemaRights;
  /** Whether `$n` may stand in the statement at all (not in a simple query). */
  readonly parametersAllowed: boolean;
}

/** The mutually recursive parts of the binder, known to each other only through this. */
export interface Binders {
  expression(ast: AstExpression, scope: Scope): Expression;
  query(query: Query, scope: Scope, options: QueryOptions): QueryResult;
}

/** The state of binding one statement. */
export class StatementBinding {
  readonly columns: ColumnFactory = new ColumnFactory();
  /** The innermost query level a column is visible in. */
  readonly columnScopes = new Map<ColumnId, Scope>();
  readonly accesses = new RelationAccesses();
  /** Views being bound, outermost first. */
  readonly openViews: string[] = [];
  #nextCteId = 1;

  constructor(
    readonly context: BindContext,
    readonly parameters: ParameterTypes,
    readonly binders: Binders,
  ) {}

  newCteId(): number {
    return this.#nextCteId++;
  }

  /** A fresh column for the value of an expression. */
  columnFor(expression: Expression, name: string): Column {
    const { type, physical, nullable } = expression;
    return this.columns.make({ name, type, physical, nullable });
  }

  /** A fresh boolean, as mark columns are. */
  booleanColumn(name: string): Column {
    const physical = { kind: "bool", precision: 0, scale: 0 } as const;
    return this.columns.make({ name, type: BOOL, physical, nullable: true });
  }
}

/** The value of a column. */
export function columnExpression(column: Column, position?: number): Expression {
  return {
    kind: "column",
    column,
    type: column.type,
    physical: column.physical,
    nullable: column.nullable,
    ...(position === undefined ? {} : { position }),
  };
}
