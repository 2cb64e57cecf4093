import type { Expression } from "../../../ast/index.js";
import { call, coalesce, choose, isNull, typed } from "../build.js";
import type { FunctionRule, KnownCall } from "../rule.js";
import { isRepeatable } from "../translate-expression.js";

/** Rules that any dialect's table may use for functions of any type. */

export function rule(
  least: number,
  most: number,
  build: (call: KnownCall) => Expression,
): FunctionRule {
  return { least, most, build };
}

/** PostgreSQL's function of that name (its own, if none is given), with the same arguments. */
export function same(least: number, most = least, name?: string): FunctionRule {
  return rule(least, most, ({ args, position, ...known }) =>
    call(name ?? known.name, args, position),
  );
}

/** One that the binder resolves by types. */
export function typedAs(name: string, least: number, most = least): FunctionRule {
  return rule(least, most, ({ args, position }) => typed(name, args, position));
}

/** An aggregate that is PostgreSQL's, DISTINCT and all. */
export const SAME_AGGREGATE: FunctionRule = {
  least: 1,
  most: 1,
  aggregate: true,
  build: ({ call: kept }) => kept,
};

/** An aggregate whose result type depends on its argument's. */
export function typedAggregate(name: string): FunctionRule {
  return {
    ...SAME_AGGREGATE,
    build: ({ call: kept, position }) => ({ ...kept, name: typed(name, [], position).name }),
  };
}

/** COUNTIF. */
export const COUNT_WHERE: FunctionRule = {
  least: 1,
  most: 1,
  conditions: [0],
  build: ({ args, position }) => ({
    ...call("count", [], position),
    star: true,
    filter: args[0],
  }),
};

/** IFNULL, NVL. */
export const FIRST_NOT_NULL = rule(2, 2, ({ args, position }) => coalesce(args, position));

/** IF, IFF, IIF. */
export const IF_ELSE: FunctionRule = {
  least: 3,
  most: 3,
  conditions: [0],
  build: ({ args, position }) => choose([[arg(args, 0), arg(args, 1)]], arg(args, 2), position),
};

/** NVL2(x, if not null, if null). */
export const IF_NOT_NULL = rule(3, 3, ({ args, position }) =>
  choose([[isNull(arg(args, 0), true, position), arg(args, 1)]], arg(args, 2), position),
);

/** DECODE(x, a, b, c, d, e): a NULL equals a NULL. */
export const DECODE = rule(3, 64, ({ args, position, refuse }) => {
  const subject = arg(args, 0);
  if (!isRepeatable(subject)) refuse("DECODE of more than a column or constant");
  const pairs = args.slice(1);
  const branches = Array.from({ length: Math.floor(pairs.length / 2) }, (_, i) => {
    const found = { left: subject, right: arg(pairs, 2 * i), negated: true, position } as const;
    return [{ kind: "distinctTest", ...found }, arg(pairs, 2 * i + 1)] as const;
  });
  return choose(branches, pairs.length % 2 === 1 ? pairs.at(-1) : undefined, position);
});

export function arg(args: readonly Expression[], index: number): Expression {
  const found = args[index];
  if (found === undefined) throw new RangeError(`no argument ${String(index)}`);
  return found;
}

/** Whether an argument is a whole number of at least `least`, written out. */
export function isWhole(value: Expression | undefined, least: number): boolean {
  return value?.kind === "integerLiteral" && BigInt(value.text) >= BigInt(least);
}
