import {
  columnTypeMismatch,
  columnTwice,
  defaultTypeMismatch,
  insertHasMore,
  undefinedColumnOfRelation,
  valuesLengthMismatch,
} from "../errors/index.js";
import { literal, rescaleUp, toSelfScaled } from "../functions/index.js";
import type { Expression as AstExpression, Insert, InsertSource } from "../parser/index.js";
import type { Column, Expression, LogicalOperator } from "../plan/index.js";
import { formatType, physicalTypeOf, precisionAndScale, type SqlType } from "../types/index.js";
import { boundStatement, newBinding, type BoundStatement } from "./bind.js";
import { coerceToTarget } from "./coerce.js";
import { bindQueryIn } from "./query/bind-query.js";
import { Scope } from "./scope.js";
import { columnExpression, type BindContext, type StatementBinding } from "./statement-binding.js";

/** A table that rows are put into. */
export interface InsertTarget {
  readonly name: string;
  readonly columns: readonly TargetColumn[];
}

export interface TargetColumn {
  readonly name: string;
  readonly type: SqlType;
  readonly defaultValue: AstExpression | undefined;
}

/** A target column that gets a value, and where it is named. */
interface Chosen {
  readonly column: TargetColumn;
  readonly ordinal: number;
  readonly position: number | undefined;
}

/**
 * The rows of an INSERT as a query: a column for each of the table's, cast as by assignment, with
 * defaults where nothing is given. NOT NULL is not checked here.
 */
export function bindInsert(
  insert: Pick<Insert, "columns" | "source">,
  target: InsertTarget,
  context: BindContext,
): BoundStatement {
  const statement = newBinding(context);
  const scope = new Scope(statement, undefined, context.searchPath);
  const plan = new InsertBinding(statement, scope, target).plan(insert);
  const outputs = plan.columns.map((column) => ({ name: column.name, column, origin: undefined }));
  return boundStatement(statement, plan.rows, outputs);
}

class InsertBinding {
  constructor(
    private readonly statement: StatementBinding,
    private readonly scope: Scope,
    private readonly target: InsertTarget,
  ) {}

  plan({ columns, source }: Pick<Insert, "columns" | "source">): {
    readonly rows: LogicalOperator;
    readonly columns: readonly Column[];
  } {
    const chosen = columns.length === 0 ? null : this.chosen(columns);
    switch (source.kind) {
      case "defaults":
        return this.values([[]], []);
      case "values":
        return this.values(source.rows, chosen);
      case "query":
        return this.query(source, chosen);
    }
  }

  private chosen(columns: Insert["columns"]): readonly Chosen[] {
    return columns.map(({ name, position }, i) => {
      const ordinal = this.target.columns.findIndex((each) => each.name === name);
      const column = this.target.columns[ordinal];
      if (column === undefined) {
        throw undefinedColumnOfRelation(name, this.target.name).at(position);
      }
      if (columns.findIndex((each) => each.name === name) < i) throw columnTwice(name).at(position);
      return { column, ordinal, position };
    });
  }

  /** The first so many columns, where none are named. */
  private first(count: number): readonly Chosen[] {
    return this.target.columns
      .slice(0, count)
      .map((column, ordinal) => ({ column, ordinal, position: undefined }));
  }

  private values(
    rows: readonly (readonly (AstExpression | undefined)[])[],
    named: readonly Chosen[] | null,
  ) {
    const width = rows[0]?.length ?? 0;
    const chosen = named ?? this.first(width);
    const { expression } = this.statement.binders;
    const bound = this.scope.inClause("values", () =>
      rows.map((row) => {
        const cells = row.map((cell) => {
          return cell === undefined ? undefined : expression(cell, this.scope);
        });
        if (row.length !== width) throw valuesLengthMismatch(cells[0]?.position);
        checkCount(
          chosen,
          cells.map((cell) => cell?.position),
          named !== null,
        );
        return this.wholeRow(chosen, cells);
      }),
    );
    const columns = this.target.columns.map((column) => this.freshColumn(column));
    const plan: LogicalOperator = { kind: "values", columns, rows: bound };
    return { rows: plan, columns };
  }

  private query(
    { query }: Extract<InsertSource, { kind: "query" }>,
    named: readonly Chosen[] | null,
  ) {
    const { plan, outputs } = bindQueryIn(query, this.scope, { resolveUnknowns: false });
    const chosen = named ?? this.first(outputs.length);
    const positions = outputs.map(({ position }) => position);
    checkCount(chosen, positions, named !== null);
    const values = outputs.map(({ column, expression, position }) => {
      // A constant whose type is open takes the column's.
      const isOpen = expression.type.name === "unknown";
      return isOpen ? expression : columnExpression(column, position);
    });
    const columns = this.target.columns.map((column) => this.freshColumn(column));
    const row = this.wholeRow(chosen, values);
    const items = columns.map((column, i) => ({ column, expression: row[i] as Expression }));
    const rows: LogicalOperator = { kind: "project", input: plan, items };
    return { rows, columns };
  }

  private freshColumn({ name, type }: TargetColumn): Column {
    const physical = physicalTypeOf(type);
    return this.statement.columns.make({ name, type, physical, nullable: true });
  }

  /** A value for each of the table's columns. */
  private wholeRow(
    chosen: readonly Chosen[],
    cells: readonly (Expression | undefined)[],
  ): readonly Expression[] {
    const given = new Map(chosen.map(({ ordinal }, i) => [ordinal, cells[i]]));
    return this.target.columns.map((column, ordinal) => {
      const cell = given.get(ordinal);
      return cell === undefined ? this.defaultOf(column) : this.assigned(cell, column);
    });
  }

  private assigned(value: Expression, { name, type }: TargetColumn): Expression {
    const cast = coerceToTarget(this.statement, value, type, "assignment");
    if (cast !== undefined) return asStored(cast, type);
    const [wanted, given] = [formatType({ ...type, typmod: -1 }), formatType(value.type)];
    throw columnTypeMismatch(name, wanted, given, value.position);
  }

  private defaultOf(column: TargetColumn): Expression {
    return boundDefault(this.statement, column, this.scope.searchPath);
  }
}

/** The value of a column that is given none. */
export function boundDefault(
  statement: StatementBinding,
  { name, type, defaultValue }: TargetColumn,
  searchPath: readonly string[],
): Expression {
  if (defaultValue === undefined) return literal(null, type, physicalTypeOf(type));
  const scope = new Scope(statement, undefined, searchPath);
  const value = statement.binders.expression(defaultValue, scope);
  const cast = coerceToTarget(statement, value, type, "assignment");
  if (cast !== undefined) return asStored(cast, type);
  throw defaultTypeMismatch(name, formatType({ ...type, typmod: -1 }), formatType(value.type));
}

/** The value in the form in which columns of its type are kept. */
function asStored(value: Expression, type: SqlType): Expression {
  const wanted = physicalTypeOf(type);
  if (wanted.kind === "numeric") return toSelfScaled(value);
  const shape = precisionAndScale(type);
  const { kind, scale } = value.physical;
  if (shape === undefined || (kind === wanted.kind && scale === wanted.scale)) return value;
  return rescaleUp(value, shape.precision, shape.scale);
}

function checkCount(
  chosen: readonly Chosen[],
  positions: readonly (number | undefined)[],
  isNamed: boolean,
): void {
  if (positions.length > chosen.length) {
    throw insertHasMore("expressions than target columns", positions[chosen.length]);
  }
  if (isNamed && positions.length < chosen.length) {
    const { position } = chosen[positions.length] as Chosen;
    throw insertHasMore("target columns than expressions", position);
  }
}
