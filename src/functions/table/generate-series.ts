import type { Expression } from "../../plan/index.js";
import type { TypeName } from "../../types/index.js";
import { literal } from "../construct.js";
import { toSelfScaled } from "../decimal.js";
import type { TableFunction, TableOverload } from "../table-overload.js";

/** The engine always gets start, stop and step; the step of numbers is 1 where it is left out. */
function overNumbers(type: TypeName): readonly TableOverload[] {
  const lower = (args: readonly Expression[]): readonly Expression[] => {
    const [first] = args;
    const step = first === undefined ? [] : [literal("1", { name: type, typmod: -1 })];
    return (args.length === 3 ? args : [...args, ...step]).map(toSelfScaled);
  };
  return [
    { args: [type, type], returns: type, nullable: false, lower },
    { args: [type, type, type], returns: type, nullable: false, lower },
  ];
}

function overTimes(type: TypeName): TableOverload {
  const lower = (args: readonly Expression[]): readonly Expression[] => args;
  return { args: [type, type, "interval"], returns: type, nullable: false, lower };
}

export const generateSeries: TableFunction = {
  kind: "table",
  name: "generate_series",
  overloads: [
    ...overNumbers("int4"),
    ...overNumbers("int8"),
    ...overNumbers("numeric"),
    overTimes("timestamp"),
    overTimes("timestamptz"),
  ],
};
