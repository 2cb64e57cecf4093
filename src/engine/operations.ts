import { SqlError } from "../errors/index.js";
import {
  ALL_FUNCTIONS,
  castTo,
  expandOverloads,
  returnedType,
  type AggregateOverload,
  type ScalarOverload,
  type SessionInfo,
  type TableFunction,
  type TableOverload,
} from "../functions/index.js";
import { childrenOf, type Expression } from "../plan/index.js";
import {
  coercionPathway,
  decimalType,
  isPolymorphic,
  physicalTypeOf,
  sqlType,
  TYPE_FACTS,
  type ArgumentType,
  type PhysicalType,
  type SqlType,
  type TypeName,
} from "../types/index.js";
import { EngineLoadError } from "./native.js";

/** Forms a numeric takes; what an operation needs of one depends on them. */
const NUMERIC_FORMS: readonly PhysicalType[] = [
  decimalType(15, 2),
  decimalType(30, 4),
  physicalTypeOf(sqlType("numeric")),
];
/** What stands for an argument of any type. */
const ANY_TYPES: readonly TypeName[] = ["int4", "text"];
/** Arguments some functions want as constants: names of fields and patterns. */
const CONSTANT_TEXT = "day";
/** Most arguments that are tried in all their forms. */
const MOST_VARIED_ARGUMENTS = 3;
const MOST_NAMED = 10;

/** Aggregates the optimizer plans as something else: the engine has no state for them. */
const PLANNED_AWAY: ReadonlySet<string> = new Set(["string_agg"]);

/** Throws EngineLoadError where the addon lacks an operation that functions are written as. */
export function checkOperations(description: string): void {
  const present = new Set(
    description.split("\n").map((line) => (line.split("->")[0] ?? "").trim()),
  );
  const missing = requiredOperations().filter((operation) => !present.has(operation));
  if (missing.length === 0) return;
  const more = missing.length - MOST_NAMED;
  const named =
    missing.slice(0, MOST_NAMED).join(", ") + (more > 0 ? `, and ${String(more)} more` : "");
  throw new EngineLoadError(
    `the engine and the server are of different versions: the engine lacks ${named}`,
  );
}

/**
 * Operations and aggregates that calls of registered functions, operators and casts are written as,
 * as describe() names them, found by writing calls over arguments of every declared type and form.
 */
export function requiredOperations(): readonly string[] {
  const found = new Set<string>();
  for (const registered of ALL_FUNCTIONS) {
    switch (registered.kind) {
      case "function":
      case "operator":
        for (const overload of registered.overloads) scalarOperations(overload, found);
        break;
      case "aggregate":
        for (const overload of registered.overloads) aggregateOperations(overload, found);
        break;
      case "table":
        for (const overload of registered.overloads) setOperations(registered, overload, found);
        break;
    }
  }
  castOperations(found);
  return [...found].sort();
}

function scalarOperations(overload: ScalarOverload, found: Set<string>): void {
  const counts = [overload.args.length, overload.args.length + (overload.variadic ? 1 : 0)];
  for (const count of new Set(counts)) {
    for (const { args } of expandOverloads([overload], count)) {
      for (const values of combinations(args)) {
        const type = returnedType(overload, values);
        const { volatility } = overload;
        const site = { type, volatility, session: SESSION, position: undefined };
        attempt(() => collect(overload.lower(values, site), found));
      }
    }
  }
}

function aggregateOperations(overload: AggregateOverload, found: Set<string>): void {
  for (const values of combinations(overload.args)) {
    attempt(() => {
      const { aggregate, args } = overload.lower(values);
      if (PLANNED_AWAY.has(aggregate)) return;
      found.add(`aggregate ${aggregate}(${args.map(({ physical }) => physical.kind).join(",")})`);
      for (const argument of args) collect(argument, found);
    });
  }
}

function setOperations({ name }: TableFunction, overload: TableOverload, found: Set<string>): void {
  for (const values of combinations(overload.args)) {
    const args = overload.lower(values);
    found.add(`set ${name}(${args.map(({ physical }) => physical.kind).join(",")})`);
    for (const argument of args) collect(argument, found);
  }
}

function castOperations(found: Set<string>): void {
  const names = Object.keys(TYPE_FACTS) as TypeName[];
  for (const source of names) {
    for (const target of names) {
      const pseudo = source === "unknown" || source === "record" || source === "void";
      if (pseudo || coercionPathway(source, target, "explicit") === undefined) continue;
      for (const value of forms(source)) attempt(() => collect(castTo(value, target), found));
    }
  }
}

/** Refusals are answers too: a lowering may say that it does not do this. */
function attempt(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
  }
}

function collect(expression: Expression, found: Set<string>): void {
  if (expression.kind === "call") {
    const kinds = expression.args.map(({ physical }) => physical.kind).join(",");
    found.add(`${expression.op}(${kinds})`);
  }
  for (const child of childrenOf(expression)) collect(child, found);
}

/** Values for declared arguments, in all combinations of their forms while these are few. */
function combinations(args: readonly ArgumentType[]): readonly (readonly Expression[])[] {
  let all: (readonly Expression[])[] = [[]];
  args.forEach((declared, index) => {
    const values = argumentForms(declared);
    const few = index < MOST_VARIED_ARGUMENTS ? values : values.slice(0, 1);
    all = all.flatMap((head) => few.map((value) => [...head, value]));
  });
  return all;
}

function argumentForms(declared: ArgumentType): readonly Expression[] {
  if (declared === "anyarray" || declared === "anycompatiblearray") return forms("_int4");
  if (isPolymorphic(declared)) return ANY_TYPES.flatMap(forms);
  return Object.hasOwn(TYPE_FACTS, declared) ? forms(declared as TypeName) : [];
}

function forms(name: TypeName): readonly Expression[] {
  if (name === "record" || name === "void") return [];
  const type = sqlType(name);
  if (name === "numeric") return NUMERIC_FORMS.map((physical) => column(type, physical));
  const physical = physicalTypeOf(type);
  const plain = column(type, physical);
  if (TYPE_FACTS[name].category !== "S") return [plain];
  return [plain, { kind: "literal", text: CONSTANT_TEXT, type, physical, nullable: false }];
}

function column(type: SqlType, physical: PhysicalType): Expression {
  const facts = { type, physical, nullable: true };
  return { kind: "column", column: { id: 1, name: "x", ...facts }, ...facts };
}

const SESSION: SessionInfo = {
  currentUser: "",
  sessionUser: "",
  currentDatabase: "",
  currentSchema: null,
  version: "",
  backendPid: 0,
  setting: () => "",
};
