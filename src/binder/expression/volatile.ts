import { someNode, type Expression } from "../../plan/index.js";

/** Whether it answers anew each time, so that two of it are not one. */
export function isVolatileCall(expression: Expression): boolean {
  return someNode(expression, (node) => node.kind === "call" && node.volatility === "volatile");
}
