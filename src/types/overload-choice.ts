import { canCoerce, categoryOf, type ArgumentType, type CategoryFacts } from "./coercion.js";
import { resolvePolymorphic } from "./polymorphic.js";
import { TYPE_FACTS, type TypeName } from "./sql-type.js";

/** Anything with declared argument types; as many as the call has arguments. */
export interface Candidate {
  readonly args: readonly ArgumentType[];
}

export type Choice<C> =
  | { readonly kind: "chosen"; readonly candidate: C }
  | { readonly kind: "none" }
  | { readonly kind: "ambiguous" };

/**
 * PostgreSQL's func_match_argtypes and func_select_candidate: which overload a call means. Exact
 * matches of all arguments are the caller's business (functions and operators differ there).
 */
export function chooseOverload<C extends Candidate>(
  candidates: readonly C[],
  inputs: readonly TypeName[],
): Choice<C> {
  const usable = candidates.filter((c) => acceptsAll(c, inputs));
  if (usable.length === 0) return { kind: "none" };
  const chosen = selectCandidate(usable, inputs);
  return chosen === undefined ? { kind: "ambiguous" } : { kind: "chosen", candidate: chosen };
}

function acceptsAll(candidate: Candidate, inputs: readonly TypeName[]): boolean {
  const fits = inputs.every((input, i) => canCoerce(input, argument(candidate, i), "implicit"));
  return fits && resolvePolymorphic(candidate.args, inputs) !== undefined;
}

function argument(candidate: Candidate, index: number): ArgumentType {
  return candidate.args[index] ?? "any";
}

function selectCandidate<C extends Candidate>(
  candidates: readonly C[],
  inputs: readonly TypeName[],
): C | undefined {
  const exact = keepBest(candidates, inputs, (input, declared) => input === declared);
  if (exact.length === 1) return exact[0];
  const preferred = keepBest(exact, inputs, (input, declared) => {
    if (input === declared) return true;
    const facts = categoryOf(declared);
    return facts.preferred && facts.category === TYPE_FACTS[input].category;
  });
  if (preferred.length === 1) return preferred[0];
  if (!inputs.includes("unknown")) return undefined;
  const agreeing = keepAgreeing(preferred, inputs);
  if (agreeing.length === 1) return agreeing[0];
  return assumeKnownType(agreeing, inputs);
}

/** Candidates with the most arguments that satisfy `matches`; unknown arguments do not count. */
function keepBest<C extends Candidate>(
  candidates: readonly C[],
  inputs: readonly TypeName[],
  matches: (input: TypeName, declared: ArgumentType) => boolean,
): readonly C[] {
  const counts = candidates.map(
    (c) => inputs.filter((t, i) => t !== "unknown" && matches(t, argument(c, i))).length,
  );
  const best = Math.max(...counts);
  return candidates.filter((_, i) => counts[i] === best);
}

/** By the category that the candidates agree on at each unknown argument; strings win. */
function keepAgreeing<C extends Candidate>(
  candidates: readonly C[],
  inputs: readonly TypeName[],
): readonly C[] {
  const slots = new Map<number, CategoryFacts>();
  for (const [index, input] of inputs.entries()) {
    if (input !== "unknown") continue;
    const slot = agreedCategory(candidates.map((c) => categoryOf(argument(c, index))));
    if (slot === undefined) return candidates;
    slots.set(index, slot);
  }
  const kept = candidates.filter((candidate) =>
    [...slots].every(([index, slot]) => {
      const facts = categoryOf(argument(candidate, index));
      return facts.category === slot.category && (!slot.preferred || facts.preferred);
    }),
  );
  return kept.length > 0 ? kept : candidates;
}

function agreedCategory(facts: readonly CategoryFacts[]): CategoryFacts | undefined {
  const strings = facts.filter((f) => f.category === "S");
  const group = strings.length > 0 ? strings : facts;
  const first = group[0];
  if (first === undefined || group.some((f) => f.category !== first.category)) return undefined;
  return { category: first.category, preferred: group.some((f) => f.preferred) };
}

/** If all known arguments have one type, the unknown ones are taken for it too. */
function assumeKnownType<C extends Candidate>(
  candidates: readonly C[],
  inputs: readonly TypeName[],
): C | undefined {
  const known = new Set(inputs.filter((input) => input !== "unknown"));
  if (known.size !== 1) return undefined;
  const [type] = known;
  if (type === undefined) return undefined;
  const fitting = candidates.filter((c) =>
    acceptsAll(
      c,
      inputs.map(() => type),
    ),
  );
  return fitting.length === 1 ? fitting[0] : undefined;
}
