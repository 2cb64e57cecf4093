import { internalError, invariant } from "../errors/index.js";
import {
  AggregatePhase,
  ExchangeSink_Kind,
  JoinKind,
  TypeKind,
  type Aggregate,
  type Expression,
  type Fragment,
  type HashJoin,
  type NestedLoopJoin,
  type Operator,
  type Query,
  type Type,
} from "./generated/fragment_pb.js";

/** What is known of a column in a message. */
interface Slot {
  readonly kind: TypeKind;
  readonly scale: number;
}

/**
 * Ends the statement (XX000) where a message is malformed: an ordinal out of range, a part without
 * a form, types that do not agree, an exchange read before it is written. The engine checks again;
 * here the fault still has its plan beside it.
 */
export function verifyQuery(query: Query): void {
  const exchanges = new Map<number, readonly Slot[]>();
  const last = query.fragments.length - 1;
  query.fragments.forEach((fragment, i) => {
    invariant(
      fragment.sink.case === (i === last ? "result" : "exchange"),
      "a fragment's sink is wrong",
    );
    verifyFragment(fragment, exchanges);
  });
}

type Exchanges = Map<number, readonly Slot[]>;

function verifyFragment(fragment: Fragment, exchanges: Exchanges): void {
  const output = verifyOperator(fragment.root, exchanges);
  const { sink } = fragment;
  switch (sink.case) {
    case "result":
      invariant(sink.value.formats.length === sink.value.columns.length, "a result lacks formats");
      sink.value.columns.forEach((ordinal) => slotAt(output, ordinal));
      return;
    case "exchange": {
      const { exchangeId, kind, hashColumns, partitions } = sink.value;
      hashColumns.forEach((ordinal) => slotAt(output, ordinal));
      const isHash = kind === ExchangeSink_Kind.HASH;
      invariant(isHash === hashColumns.length > 0, "an exchange's keys do not fit its kind");
      invariant(partitions > 0, "an exchange without partitions");
      invariant(!exchanges.has(exchangeId), "an exchange is written twice");
      exchanges.set(exchangeId, output);
      return;
    }
    case undefined:
      throw internalError("a fragment without a sink");
  }
}

function slotAt(row: readonly Slot[], ordinal: number): Slot {
  const slot = row[ordinal];
  if (slot === undefined) {
    throw internalError(`ordinal ${String(ordinal)} is outside a row of ${String(row.length)}`);
  }
  return slot;
}

function slotOf(type: Type | undefined): Slot {
  if (type === undefined) throw internalError("a part of the plan has no type");
  return { kind: type.kind, scale: type.scale };
}

function sameSlot(a: Slot, b: Slot): boolean {
  return a.kind === b.kind && a.scale === b.scale;
}

/** Checks an operator and its inputs, and answers its output row. */
function verifyOperator(operator: Operator | undefined, exchanges: Exchanges): readonly Slot[] {
  if (operator === undefined) throw internalError("an operator without an input");
  const { form } = operator;
  switch (form.case) {
    case "scan": {
      const { columns, fileColumns, conditions, runtimeFilters } = form.value;
      invariant(columns.length === fileColumns.length, "a scan has columns without a file column");
      const row = columns.map((field) => slotOf(field.type));
      conditions.forEach((condition) => verifyCondition(condition, row));
      runtimeFilters.forEach((use) => slotAt(row, use.column));
      return row;
    }
    case "values": {
      const row = form.value.columns.map((field) => slotOf(field.type));
      for (const { values } of form.value.tuples) {
        invariant(values.length === row.length, "VALUES rows differ in width");
        values.forEach((value, i) => {
          invariant(
            sameSlot(verifyExpression(value, []), slotAt(row, i)),
            "VALUES rows differ in type",
          );
        });
      }
      return row;
    }
    case "projectSet": {
      const { input, columns, sets, ordinality } = form.value;
      const row = verifyOperator(input, exchanges);
      invariant(sets.length > 0, "a projection of no set");
      const elements = sets.map(({ args, output }) => {
        args.forEach((arg) => verifyExpression(arg, row));
        return slotOf(output?.type);
      });
      const kept = columns.map((column) => slotAt(row, column));
      return [...kept, ...elements, ...(ordinality ? [{ kind: TypeKind.I64, scale: 0 }] : [])];
    }
    case "filter": {
      const row = verifyOperator(form.value.input, exchanges);
      verifyCondition(form.value.condition, row);
      return row;
    }
    case "project": {
      const row = verifyOperator(form.value.input, exchanges);
      return form.value.expressions.map((e) => verifyExpression(e, row));
    }
    case "hashJoin":
      return verifyHashJoin(form.value, exchanges);
    case "nestedLoopJoin":
      return verifyNestedLoop(form.value, exchanges);
    case "aggregate":
      return verifyAggregate(form.value, exchanges);
    case "sort":
    case "topN": {
      const row = verifyOperator(form.value.input, exchanges);
      invariant(form.value.keys.length > 0, "a sort without a key");
      form.value.keys.forEach((key) => verifyExpression(key.expression, row));
      return row;
    }
    case "stringAggregate": {
      const { input, keyCount, orderBy } = form.value;
      const row = verifyOperator(input, exchanges);
      const value = slotAt(row, keyCount);
      const isText = value.kind === TypeKind.TEXT || value.kind === TypeKind.BYTEA;
      const fits = isText && sameSlot(value, slotAt(row, keyCount + 1));
      invariant(fits, "string_agg of something that is no string");
      orderBy.forEach((key) => verifyExpression(key.expression, row));
      return row.slice(0, keyCount + 1);
    }
    case "distinctOn": {
      const row = verifyOperator(form.value.input, exchanges);
      form.value.keys.forEach((key) => verifyExpression(key, row));
      form.value.orderBy.forEach((key) => verifyExpression(key.expression, row));
      return row;
    }
    case "partitionLimit": {
      const { input, keys, orderBy, count, skipped } = form.value;
      const row = verifyOperator(input, exchanges);
      keys.forEach((key) => verifyExpression(key, row));
      orderBy.forEach((key) => verifyExpression(key.expression, row));
      for (const { case: form, value } of [count, skipped]) {
        if (form !== "limitColumn" && form !== "offsetColumn") continue;
        invariant(slotAt(row, value).kind === TypeKind.I64, "a row count that is no bigint");
      }
      return row;
    }
    case "limit":
      return verifyOperator(form.value.input, exchanges);
    case "unionAll":
      return verifySides(form.value.inputs.map((input) => verifyOperator(input, exchanges)));
    case "setOperation":
      return verifySides([
        verifyOperator(form.value.left, exchanges),
        verifyOperator(form.value.right, exchanges),
      ]);
    case "exchange": {
      const { exchangeId, columns } = form.value;
      const written = exchanges.get(exchangeId);
      if (written === undefined) throw internalError("an exchange is read before it is written");
      return verifySides([columns.map((field) => slotOf(field.type)), written]);
    }
    case undefined:
      throw internalError("an operator without a form");
  }
}

function verifySides(rows: readonly (readonly Slot[])[]): readonly Slot[] {
  const [first = []] = rows;
  for (const row of rows) {
    const same =
      row.length === first.length && row.every((slot, i) => sameSlot(slot, slotAt(first, i)));
    invariant(same, "inputs of a set operation or exchange differ in type");
  }
  return first;
}

function verifyHashJoin(join: HashJoin, exchanges: Exchanges): readonly Slot[] {
  const probe = verifyOperator(join.probe, exchanges);
  const build = verifyOperator(join.build, exchanges);
  invariant(join.keys.length > 0, "a hash join without a key");
  const takesResidual = join.kind !== JoinKind.MARK;
  invariant(takesResidual || join.residual === undefined, "a mark join by hash with a residual");
  for (const key of join.keys) {
    const same = sameSlot(verifyExpression(key.probe, probe), verifyExpression(key.build, build));
    invariant(same, "join keys differ in type");
  }
  for (const filter of join.publishes) {
    invariant(filter.keyIndex < join.keys.length, "a runtime filter of no key");
  }
  if (join.residual !== undefined) verifyCondition(join.residual, [...probe, ...build]);
  return joinOutput(join, probe, build);
}

function verifyNestedLoop(join: NestedLoopJoin, exchanges: Exchanges): readonly Slot[] {
  const outer = verifyOperator(join.outer, exchanges);
  const inner = verifyOperator(join.inner, exchanges);
  if (join.condition !== undefined) verifyCondition(join.condition, [...outer, ...inner]);
  return joinOutput(join, outer, inner);
}

const BOOLEAN: Slot = { kind: TypeKind.BOOL, scale: 0 };

function joinOutput(
  join: { readonly kind: JoinKind; readonly output: readonly number[] },
  first: readonly Slot[],
  second: readonly Slot[],
): readonly Slot[] {
  const asksOnly = join.kind === JoinKind.SEMI || join.kind === JoinKind.ANTI;
  const rest = join.kind === JoinKind.MARK ? [BOOLEAN] : asksOnly ? [] : second;
  return join.output.map((ordinal) => slotAt([...first, ...rest], ordinal));
}

function verifyAggregate(aggregate: Aggregate, exchanges: Exchanges): readonly Slot[] {
  const row = verifyOperator(aggregate.input, exchanges);
  const keys = aggregate.keys.map((key) => verifyExpression(key, row));
  const outputs = aggregate.aggregates.map((call) => slotOf(call.output?.type));
  if (aggregate.phase === AggregatePhase.FINAL) {
    invariant(
      row.length === keys.length + outputs.length,
      "a final aggregate does not fit its input",
    );
    aggregate.keys.forEach((key, i) => {
      invariant(key.form.case === "column" && key.form.value === i, "a final aggregate moves keys");
    });
    return [...keys, ...outputs];
  }
  for (const call of aggregate.aggregates) {
    call.args.forEach((arg) => verifyExpression(arg, row));
    if (call.filter !== undefined) verifyCondition(call.filter, row);
    call.orderBy.forEach((key) => verifyExpression(key.expression, row));
  }
  const states = outputs.map((): Slot => ({ kind: TypeKind.BYTEA, scale: 0 }));
  return [...keys, ...(aggregate.phase === AggregatePhase.PARTIAL ? states : outputs)];
}

function verifyCondition(condition: Expression | undefined, row: readonly Slot[]): void {
  invariant(verifyExpression(condition, row).kind === TypeKind.BOOL, "a condition is not boolean");
}

function verifyExpression(expression: Expression | undefined, row: readonly Slot[]): Slot {
  if (expression === undefined) throw internalError("an expression is missing");
  const type = slotOf(expression.type);
  const inner = (child: Expression | undefined): Slot => verifyExpression(child, row);
  const { form } = expression;
  switch (form.case) {
    case "column":
      invariant(sameSlot(slotAt(row, form.value), type), "a column is labelled with another type");
      return type;
    case "literal":
      return type;
    case "call":
      form.value.args.forEach(inner);
      return type;
    case "and":
    case "or":
      invariant(form.value.args.length > 0, "a connective of nothing");
      form.value.args.forEach((arg) => verifyCondition(arg, row));
      return type;
    case "coalesce":
      for (const arg of form.value.args)
        invariant(sameSlot(inner(arg), type), "COALESCE mixes types");
      return type;
    case "not":
      verifyCondition(form.value, row);
      return type;
    case "isNull":
      inner(form.value.operand);
      return type;
    case "inList":
      inner(form.value.operand);
      return type;
    case "case":
      for (const branch of form.value.branches) {
        verifyCondition(branch.when, row);
        invariant(sameSlot(inner(branch.then), type), "CASE mixes types");
      }
      invariant(sameSlot(inner(form.value.otherwise), type), "CASE mixes types");
      return type;
    case undefined:
      throw internalError("an expression without a form");
  }
}
