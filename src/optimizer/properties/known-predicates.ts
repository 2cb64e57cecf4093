import { columnsOf, type Expression, type LogicalOperator } from "../../plan/index.js";
import { conjunctsOf, refer } from "../expression/build.js";
import { isMovable } from "../expression/facts.js";
import { substitute } from "../expression/substitute.js";

const COMPARISONS: ReadonlySet<string> = new Set(["eq", "ne", "lt", "le", "gt", "ge"]);

/** Comparisons of one column with constants that hold for every row a plan puts out. */
export function knownPredicates(plan: LogicalOperator): readonly Expression[] {
  switch (plan.kind) {
    case "filter":
      return [
        ...conjunctsOf(plan.condition).filter(isAboutOneColumn),
        ...knownPredicates(plan.input),
      ];
    case "aggregate":
    case "project": {
      const items = plan.kind === "project" ? plan.items : plan.keys;
      const by = new Map(
        items.flatMap(({ column, expression }) =>
          expression.kind === "column" ? [[expression.column.id, refer(column)] as const] : [],
        ),
      );
      return knownPredicates(plan.input).flatMap((p) => {
        const [id] = columnsOf(p).keys();
        return id !== undefined && by.has(id) ? [substitute(p, by)] : [];
      });
    }
    case "join":
      switch (plan.joinKind) {
        case "inner":
          return [...knownPredicates(plan.left), ...knownPredicates(plan.right)];
        case "right":
        case "full":
          return [];
        default:
          return knownPredicates(plan.left);
      }
    case "project-set":
    case "sort":
    case "limit":
    case "distinct-on":
    case "partition-limit":
      return knownPredicates(plan.input);
    case "with":
      return knownPredicates(plan.body);
    default:
      return [];
  }
}

function isAboutOneColumn(conjunct: Expression): boolean {
  if (!isMovable(conjunct) || columnsOf(conjunct).size !== 1) return false;
  if (conjunct.kind === "in-list") return conjunct.operand.kind === "column";
  if (conjunct.kind !== "call" || !COMPARISONS.has(conjunct.op)) return false;
  const [left, right] = conjunct.args;
  const isPlain = (e: Expression | undefined): boolean =>
    e?.kind === "column" || e?.kind === "literal";
  return isPlain(left) && isPlain(right);
}
