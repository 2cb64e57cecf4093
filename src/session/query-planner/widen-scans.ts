import { applyTypmod, castTo, toSelfScaled } from "../../functions/index.js";
import {
  ColumnFactory,
  outputColumns,
  type Column,
  type Expression,
  type LogicalOperator,
  type ProjectItem,
  type ScanOperator,
} from "../../plan/index.js";
import { physicalTypeOf, type SqlType } from "../../types/index.js";
import { rewriteEverywhere } from "./rewrite-everywhere.js";

/**
 * The plan with scans that read columns as the files have them and cast to the declared types, where
 * these are wider.
 */
export function widenScans(plan: LogicalOperator): LogicalOperator {
  let columns: ColumnFactory | undefined;
  return rewriteEverywhere(plan, {
    operator: (node) => {
      if (node.kind !== "scan" || !needsWidening(node)) return node;
      columns ??= new ColumnFactory(highestColumnId(plan) + 1);
      return widened(node, columns);
    },
  });
}

function needsWidening(scan: ScanOperator): boolean {
  return scan.ordinals.some((at) => scan.relation.columns[at]?.fileType !== undefined);
}

function widened(scan: ScanOperator, columns: ColumnFactory): LogicalOperator {
  const read: Column[] = [];
  const items: ProjectItem[] = scan.columns.map((column, i) => {
    const fileType = scan.relation.columns[scan.ordinals[i] ?? -1]?.fileType;
    const source = fileType === undefined ? column : fileColumn(column, fileType, columns);
    read.push(source);
    const { type, physical, nullable } = source;
    const value = { kind: "column", column: source, type, physical, nullable } as const;
    if (fileType === undefined) return { column, expression: value };
    return { column, expression: asDeclared(value, column) };
  });
  return { kind: "project", input: { ...scan, columns: read }, items };
}

function asDeclared(value: Expression, { type, physical }: Column): Expression {
  const cast = applyTypmod(castTo(value, type.name), type, true);
  return physical.kind === "numeric" ? toSelfScaled(cast) : cast;
}

function fileColumn(column: Column, type: SqlType, columns: ColumnFactory): Column {
  const { name, nullable } = column;
  return columns.make({ name, type, physical: physicalTypeOf(type), nullable });
}

function highestColumnId(plan: LogicalOperator): number {
  let highest = 0;
  rewriteEverywhere(plan, {
    operator: (node) => {
      for (const { id } of outputColumns(node)) highest = Math.max(highest, id);
      return node;
    },
  });
  return highest;
}
