import type { Operator, Query } from "./generated/fragment_pb.js";

/** A fragment as scheduling sees it. */
export interface FragmentFacts {
  readonly id: number;
  readonly partitions: number;
  /** Fragments whose output it reads. */
  readonly consumes: readonly number[];
  /** Whether its rows go to the client. */
  readonly isResult: boolean;
}

/** What each fragment reads and how many tasks it has. */
export function fragmentGraph(query: Query): readonly FragmentFacts[] {
  const producers = new Map<number, number>();
  for (const { id, sink } of query.fragments) {
    if (sink.case === "exchange") producers.set(sink.value.exchangeId, id);
  }
  return query.fragments.map(({ id, partitions, root, sink }) => {
    const exchanges = [...exchangesRead(root)];
    const consumes = exchanges.flatMap((exchange) => producers.get(exchange) ?? []);
    return {
      id,
      partitions: Math.max(1, partitions),
      consumes: [...new Set(consumes)],
      isResult: sink.case === "result",
    };
  });
}

function* exchangesRead(operator: Operator | undefined): Generator<number> {
  const { form } = operator ?? {};
  if (form?.case === "exchange") yield form.value.exchangeId;
  for (const input of form === undefined ? [] : inputsOf(form)) yield* exchangesRead(input);
}

function inputsOf(form: Operator["form"]): readonly (Operator | undefined)[] {
  switch (form.case) {
    case "filter":
    case "project":
    case "projectSet":
    case "aggregate":
    case "sort":
    case "topN":
    case "limit":
    case "distinctOn":
    case "partitionLimit":
    case "stringAggregate":
      return [form.value.input];
    case "hashJoin":
      return [form.value.probe, form.value.build];
    case "nestedLoopJoin":
      return [form.value.outer, form.value.inner];
    case "unionAll":
      return form.value.inputs;
    case "setOperation":
      return [form.value.left, form.value.right];
    default:
      return [];
  }
}
