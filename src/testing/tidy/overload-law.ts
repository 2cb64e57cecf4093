/**
 * Each overload of each function has SQL tests of its own. The statements below
 * sql-tests/logic/functions are bound with the functions' real tables, so that what counts is the
 * overload a statement means, not the name it mentions. From the recorded answers then follows what
 * kinds of input the overload has met.
 */
import { bindQuery } from "../../binder/index.js";
import { SqlError } from "../../errors/index.js";
import { ALL_FUNCTIONS, FunctionRegistry, type RegisteredFunction } from "../../functions/index.js";
import { parse, type ParsedStatement } from "../../parser/index.js";
import { childrenOf, type Expression } from "../../plan/index.js";
import { contextFor, snapshotOf } from "../bind-fixture.js";
import { believer } from "./believer.js";
import { fixtureTables, recordedBlocks, type RecordedBlock } from "./slt-statements.js";
import type { SourceFile } from "./source-tree.js";

const TESTS = "sql-tests/logic/functions/";
/** An overload called over constants alone needs so many different ones to have met a border. */
const BOUNDARY_CALLS = 3;
/** Overloads over operations that can fail, which they give no cause to. */
const CANNOT_FAIL: ReadonlySet<string> = new Set([
  // A float4 is too small to move a float8 past its border.
  "+(float4, float8)",
  "+(float8, float4)",
  "-(float4, float8)",
  "-(float8, float4)",
  "gcd(numeric, numeric)",
  // A time wraps around at midnight.
  "overlaps(time, time, time, interval)",
  "overlaps(time, interval, time, time)",
  "overlaps(time, interval, time, interval)",
  // Every template of dates is one.
  "to_char(timestamptz, text)",
  "to_char(timestamp, text)",
]);

/** What an overload needs a statement of, and those it has met. */
interface Evidence {
  /** Distinct argument lists; a column stands for all its values. */
  readonly calls: Set<string>;
  overColumn: boolean;
  takesArguments: boolean;
  fallible: boolean;
  answered: boolean;
  metNull: boolean;
  failed: boolean;
}

/** One call of an overload in the statement at hand. */
interface Call {
  readonly label: string;
  readonly args: readonly Expression[];
  readonly fallible: boolean;
  /** What the lowering itself threw. */
  readonly refusal?: unknown;
}

/**
 * `name(types): what is missing`, for every overload without a statement that calls it and answers,
 * one where an argument is NULL, three different calls or one over a column of the fixtures (whose
 * values stand at the borders of their types), and, where the overload can fail, one that does.
 * `cannotFail` names those without an input that fails them, though their operation might.
 */
export function overloadsWithoutTest(
  tree: readonly SourceFile[],
  cannotFail: ReadonlySet<string> = CANNOT_FAIL,
): readonly string[] {
  const evidence = collectEvidence(tree);
  const missing = [...evidence].flatMap(([label, met]) => {
    const lacks = lacking(met).filter((kind) => kind !== "an error" || !cannotFail.has(label));
    return lacks.length === 0 ? [] : [`${label}: lacks ${lacks.join(", ")}`];
  });
  const needless = [...cannotFail].filter((label) => {
    const met = evidence.get(label);
    return met === undefined || !lacking(met).includes("an error");
  });
  return [...missing, ...needless.map((label) => `${label}: needs no exemption`)];
}

function lacking(met: Evidence): readonly string[] {
  if (met.calls.size === 0) return ["a call"];
  return [
    ...(met.answered ? [] : ["an answer"]),
    ...(met.takesArguments && !met.overColumn && met.calls.size < BOUNDARY_CALLS
      ? ["boundaries"]
      : []),
    ...(met.takesArguments && !met.metNull ? ["NULL"] : []),
    ...(met.fallible && !met.failed ? ["an error"] : []),
  ];
}

function collectEvidence(tree: readonly SourceFile[]): ReadonlyMap<string, Evidence> {
  const calls: Call[] = [];
  const evidence = new Map<string, Evidence>();
  const functions = new FunctionRegistry(ALL_FUNCTIONS.map((one) => watched(one, calls, evidence)));
  const base = contextFor(snapshotOf(fixtureTables(tree)));
  const context = {
    ...base,
    session: { ...base.session, setting: () => "a value" },
    functions,
    evaluator: believer,
    searchPath: ["data", "public"],
  };
  for (const file of tree) {
    if (!file.path.startsWith(TESTS) || !file.path.endsWith(".slt")) continue;
    for (const block of recordedBlocks(file)) {
      calls.length = 0;
      for (const { statement } of statementsOf(block)) {
        if (statement.kind !== "query") continue;
        try {
          bindQuery(statement, context);
        } catch (error) {
          // The statement is about an error of binding, or about what the fixtures lack.
          if (!(error instanceof SqlError)) throw error;
          const refused = calls.filter((call) => call.refusal === error);
          calls.splice(0, calls.length, ...refused);
        }
      }
      for (const call of calls) weigh(call, block, evidence);
    }
  }
  return evidence;
}

function statementsOf({ sql }: RecordedBlock): readonly ParsedStatement[] {
  try {
    return parse(sql);
  } catch {
    return [];
  }
}

function weigh(call: Call, block: RecordedBlock, evidence: ReadonlyMap<string, Evidence>): void {
  const met = evidence.get(call.label);
  if (met === undefined) return;
  const isError = block.directive === "error";
  met.calls.add(call.args.map(describe).join(", "));
  met.fallible ||= call.fallible;
  met.takesArguments ||= call.args.length > 0;
  met.overColumn ||= call.args.some((arg) => describe(arg).includes("column"));
  met.failed ||= isError && /^(22|0A|2B|54|42601)/.test(block.answer[0] ?? "");
  if (isError) return;
  met.answered ||= block.answer.some((row) => row !== "" && !/^(NULL(\||$))+$/.test(row));
  met.metNull ||= call.args.some((arg) => arg.nullable);
}

/** An argument without its positions and identities. */
function describe(expression: Expression): string {
  return JSON.stringify(expression, (key, value: unknown) =>
    key === "position" ? undefined : value,
  );
}

/** The function with overloads that note their calls. */
function watched(
  registered: RegisteredFunction,
  calls: Call[],
  evidence: Map<string, Evidence>,
): RegisteredFunction {
  const note = (label: string, args: readonly Expression[], fallible: boolean): void => {
    calls.push({ label, args, fallible });
  };
  const enter = (args: readonly string[]): string => {
    const label = `${registered.name}(${args.join(", ")})`;
    evidence.set(label, {
      calls: new Set(),
      overColumn: false,
      takesArguments: false,
      fallible: false,
      answered: false,
      metNull: false,
      failed: false,
    });
    return label;
  };
  switch (registered.kind) {
    case "function":
    case "operator":
      return {
        ...registered,
        overloads: registered.overloads.map((one) => {
          if (one.returns === "void") return one;
          const label = enter(one.args);
          return {
            ...one,
            lower: (args, site) => {
              try {
                const result = one.lower(args, site);
                note(label, args, canFail(result, args));
                return result;
              } catch (error) {
                calls.push({ label, args, fallible: true, refusal: error });
                throw error;
              }
            },
          };
        }),
      };
    case "aggregate":
      return {
        ...registered,
        overloads: registered.overloads.map((one) => {
          if (one.returns === "void") return one;
          const label = enter(one.args);
          return {
            ...one,
            lower: (args: readonly Expression[]) => {
              note(label, args, false);
              return one.lower(args);
            },
          };
        }),
      };
    case "table":
      return {
        ...registered,
        overloads: registered.overloads.map((one) => {
          if (one.returns === "void") return one;
          const label = enter(one.args);
          return {
            ...one,
            lower: (args: readonly Expression[]) => {
              note(label, args, false);
              return one.lower(args);
            },
          };
        }),
      };
  }
}

/** Whether the lowering itself, its arguments aside, can raise an error. */
function canFail(expression: Expression, args: readonly Expression[]): boolean {
  if (args.some((arg) => sameNode(arg, expression))) return false;
  const failsItself = expression.kind === "call" && expression.fallible;
  return failsItself || childrenOf(expression).some((child) => canFail(child, args));
}

/** The argument itself, or a copy of it with other labels. */
function sameNode(argument: Expression, expression: Expression): boolean {
  if (argument === expression) return true;
  if (argument.kind !== "call" || expression.kind !== "call") return false;
  return argument.op === expression.op && argument.args === expression.args;
}
