import type { Node, VariableSetStmt, VariableShowStmt } from "libpg-query";
import type { SettingValue, ShowVariable, Statement } from "../ast/index.js";
import { constructNotSupported, unreachable } from "../../errors/index.js";
import { locationOf } from "../grammar/node.js";
import { freeze, type Lowering } from "./context.js";
import { lowerTransactionModes } from "./transaction.js";
import { unsupported } from "./unsupported.js";

/** SET and RESET in all their forms. */
export function lowerSet(raw: VariableSetStmt, context: Lowering): Statement {
  const position = undefined;
  const name = raw.name ?? "";
  const local = raw.is_local ?? false;
  const kind = raw.kind ?? "VAR_SET_VALUE";
  switch (kind) {
    case "VAR_SET_VALUE": {
      const values = context.list(raw.args, (node) => lowerSettingValue(node, context));
      return freeze({ kind: "setVariable", name, local, values, position });
    }
    case "VAR_SET_DEFAULT":
      return freeze({ kind: "setVariable", name, local, values: undefined, position });
    case "VAR_RESET":
      return freeze({ kind: "resetVariable", name, position });
    case "VAR_RESET_ALL":
      return freeze({ kind: "resetVariable", name: undefined, position });
    case "VAR_SET_MULTI":
      return lowerSetTransaction(raw, context);
    case "VAR_SET_CURRENT":
      return unsupported({ VariableSetStmt: raw });
    default:
      return unreachable(kind);
  }
}

/** The grammar's names of the multi-part SETs. SET TRANSACTION SNAPSHOT has no meaning here. */
function lowerSetTransaction(raw: VariableSetStmt, context: Lowering): Statement {
  const session = raw.name === "SESSION CHARACTERISTICS";
  if (!session && raw.name !== "TRANSACTION") return unsupported({ VariableSetStmt: raw });
  const modes = lowerTransactionModes(raw.args, context);
  return freeze({ kind: "setTransaction", session, modes, position: undefined });
}

export function lowerSettingValue(node: Node, context: Lowering): SettingValue {
  const value = context.expression(node);
  const { position } = value;
  switch (value.kind) {
    case "stringLiteral":
      return freeze({ kind: "text", text: value.text, position });
    case "integerLiteral":
    case "numericLiteral":
      return freeze({ kind: "number", text: value.text, position });
    case "cast":
      if (value.operand.kind === "stringLiteral") {
        const { text } = value.operand;
        return freeze({ kind: "interval", text, type: value.type, position });
      }
      break;
    default:
  }
  throw constructNotSupported("this form of SET", context.at(locationOf(node)));
}

/** `SHOW ALL` is the name `all` to the grammar. */
export function lowerShow(raw: VariableShowStmt): ShowVariable {
  return freeze({
    kind: "showVariable",
    name: raw.name === "all" ? undefined : raw.name,
    position: undefined,
  });
}
