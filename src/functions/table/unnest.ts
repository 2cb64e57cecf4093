import { literal } from "../construct.js";
import { sqlType } from "../../types/index.js";
import type { TableFunction } from "../table-overload.js";

export const unnest: TableFunction = {
  kind: "table",
  name: "unnest",
  overloads: [{ args: ["anyarray"], returns: "element", nullable: true, lower: (args) => args }],
};

/** From the last subscript down where the third argument is true. */
export const generateSubscripts: TableFunction = {
  kind: "table",
  name: "generate_subscripts",
  overloads: [
    {
      args: ["anyarray", "int4"],
      returns: "int4",
      nullable: false,
      lower: (args) => [...args, literal("f", sqlType("bool"))],
    },
    {
      args: ["anyarray", "int4", "bool"],
      returns: "int4",
      nullable: false,
      lower: (args) => args,
    },
  ],
};
