import type { Node, TransactionStmt } from "libpg-query";
import type { IsolationLevel, Statement, TransactionModes } from "../ast/index.js";
import { unreachable } from "../../errors/index.js";
import { bodyIf } from "../grammar/node.js";
import { freeze, type Lowering } from "./context.js";
import { unsupported } from "./unsupported.js";

export function lowerTransaction(raw: TransactionStmt, context: Lowering): Statement {
  const position = undefined;
  const name = raw.savepoint_name ?? "";
  const chain = raw.chain ?? false;
  const kind = raw.kind ?? "TRANS_STMT_BEGIN";
  switch (kind) {
    case "TRANS_STMT_BEGIN":
    case "TRANS_STMT_START": {
      const modes = lowerTransactionModes(raw.options, context);
      return freeze({ kind: "begin", start: kind === "TRANS_STMT_START", modes, position });
    }
    case "TRANS_STMT_COMMIT":
      return freeze({ kind: "commit", chain, position });
    case "TRANS_STMT_ROLLBACK":
      return freeze({ kind: "rollback", chain, position });
    case "TRANS_STMT_SAVEPOINT":
      return freeze({ kind: "savepoint", name, position });
    case "TRANS_STMT_RELEASE":
      return freeze({ kind: "releaseSavepoint", name, position });
    case "TRANS_STMT_ROLLBACK_TO":
      return freeze({ kind: "rollbackToSavepoint", name, position });
    case "TRANS_STMT_PREPARE":
    case "TRANS_STMT_COMMIT_PREPARED":
    case "TRANS_STMT_ROLLBACK_PREPARED":
      return unsupported({ TransactionStmt: raw });
    default:
      return unreachable(kind);
  }
}

/** Of two that contradict each other the later counts, as in PostgreSQL. */
export function lowerTransactionModes(
  nodes: readonly Node[] | undefined,
  context: Lowering,
): TransactionModes {
  let isolation: IsolationLevel | undefined;
  let readOnly: boolean | undefined;
  let deferrable: boolean | undefined;
  for (const node of nodes ?? []) {
    const mode = bodyIf("DefElem", node);
    if (mode?.arg === undefined) continue;
    const value = context.expression(mode.arg);
    const on = value.kind === "integerLiteral" && value.text !== "0";
    if (mode.defname === "transaction_read_only") readOnly = on;
    if (mode.defname === "transaction_deferrable") deferrable = on;
    if (mode.defname === "transaction_isolation" && value.kind === "stringLiteral") {
      isolation = value.text as IsolationLevel;
    }
  }
  return freeze({ isolation, readOnly, deferrable });
}
