import {
  featureNotSupported,
  noTransactionInProgress,
  notInTransaction,
  onlyInTransaction,
  transactionInProgress,
  undefinedPreparedStatement,
  unreachable,
  uselessOutsideTransaction,
} from "../errors/index.js";
import type {
  Commit,
  Deallocate,
  Discard,
  Rollback,
  SettingValue,
  SetTransaction,
  SetVariable,
  Statement,
  TransactionModes,
} from "../parser/index.js";
import { commandTag } from "./command-tag.js";
import { closeCursor } from "./cursor/commands.js";
import type { SessionState } from "./session-state.js";

/** Statements that only the session is concerned with and that answer no rows. */
export type SessionCommand = Extract<
  Statement,
  {
    kind:
      | "begin"
      | "commit"
      | "rollback"
      | "savepoint"
      | "releaseSavepoint"
      | "rollbackToSavepoint"
      | "setVariable"
      | "setTransaction"
      | "resetVariable"
      | "deallocate"
      | "closeCursor"
      | "discard"
      | "listen"
      | "notify"
      | "unlisten"
      | "checkpoint";
  }
>;

/** Runs one; answers its command tag. */
export function runSessionCommand(statement: SessionCommand, state: SessionState): string {
  const { transaction, settings } = state;
  switch (statement.kind) {
    case "begin":
      if (!transaction.begin(statement.modes)) state.notice(transactionInProgress());
      break;
    case "commit":
      return commit(statement, state);
    case "rollback":
      rollback(statement, state);
      break;
    case "savepoint":
      transaction.savepoint(statement.name, state.portals.newestNumber);
      break;
    case "releaseSavepoint":
      transaction.release(statement.name);
      break;
    case "rollbackToSavepoint":
      state.portals.dropNewerThan(transaction.rollbackTo(statement.name));
      break;
    case "setVariable":
      setVariable(statement, state);
      break;
    case "setTransaction":
      setTransaction(statement, state);
      break;
    case "resetVariable":
      if (statement.name === undefined) settings.resetAll();
      else settings.set(statement.name, undefined, false);
      if (isSessionUser(statement.name ?? "")) settings.set("role", ["none"], false);
      break;
    case "deallocate":
      deallocate(statement, state);
      break;
    case "closeCursor":
      closeCursor(statement, state);
      break;
    case "discard":
      discard(statement, state);
      break;
    case "listen":
      state.notifications.listen(statement.channel);
      break;
    case "notify":
      state.notifications.notify(statement.channel, statement.payload ?? "");
      break;
    case "unlisten":
      state.notifications.unlisten(statement.channel);
      break;
    case "checkpoint":
      // Nothing waits to be written.
      break;
    default:
      unreachable(statement);
  }
  return commandTag(statement);
}

function commit(statement: Commit, state: SessionState): string {
  const { transaction } = state;
  const modes = endExplicit(statement, "COMMIT AND CHAIN", state);
  const committed = transaction.commit();
  if (modes !== null) state.chainTransaction(modes);
  return committed ? "COMMIT" : "ROLLBACK";
}

function rollback(statement: Rollback, state: SessionState): void {
  const modes = endExplicit(statement, "ROLLBACK AND CHAIN", state);
  state.transaction.rollback();
  if (modes !== null) state.chainTransaction(modes);
}

/** The modes the next transaction is to have, if the statement chains one. */
function endExplicit(
  statement: Commit | Rollback,
  chainCommand: string,
  state: SessionState,
): TransactionModes | null {
  const { transaction } = state;
  if (!transaction.isExplicit) {
    if (statement.chain) throw onlyInTransaction(chainCommand);
    state.notice(noTransactionInProgress());
  }
  return statement.chain ? transaction.currentModes() : null;
}

function setVariable(statement: SetVariable, state: SessionState): void {
  if (statement.local && !state.transaction.isExplicit) {
    state.notice(uselessOutsideTransaction("SET LOCAL"));
  }
  const values = statement.values?.map(settingText);
  state.settings.set(statement.name, values, statement.local);
  // Another session user is so altogether: a role taken before is given up.
  if (isSessionUser(statement.name)) state.settings.set("role", ["none"], statement.local);
}

function isSessionUser(name: string): boolean {
  return name.toLowerCase() === "session_authorization";
}

function settingText(value: SettingValue): string {
  return value.kind === "interval" ? `INTERVAL '${value.text}'` : value.text;
}

function setTransaction(statement: SetTransaction, state: SessionState): void {
  const { modes } = statement;
  if (!statement.session) {
    if (!state.transaction.isExplicit) {
      state.notice(uselessOutsideTransaction("SET TRANSACTION"));
    }
    state.transaction.setModes(modes);
    return;
  }
  const { settings } = state;
  const onOff = (on: boolean): readonly string[] => [on ? "on" : "off"];
  if (modes.isolation !== undefined) {
    settings.set("default_transaction_isolation", [modes.isolation], false);
  }
  if (modes.readOnly !== undefined) {
    settings.set("default_transaction_read_only", onOff(modes.readOnly), false);
  }
  if (modes.deferrable !== undefined) {
    settings.set("default_transaction_deferrable", onOff(modes.deferrable), false);
  }
}

function deallocate(statement: Deallocate, state: SessionState): void {
  if (statement.name === undefined) state.statements.clearNamed();
  else if (!state.statements.remove(statement.name)) {
    throw undefinedPreparedStatement(statement.name);
  }
}

function discard(statement: Discard, state: SessionState): void {
  switch (statement.target) {
    case "all":
      if (state.transaction.isExplicit) throw notInTransaction("DISCARD ALL");
      state.settings.set("session_authorization", undefined, false);
      state.settings.set("role", undefined, false);
      state.settings.resetAll();
      state.statements.clearNamed();
      state.portals.dropAll();
      state.notifications.unlisten(undefined);
      state.environment.shared.advisoryLocks.release(state, "session");
      state.temporary.change((now) => now.without(now.all));
      break;
    case "temp":
      state.temporary.change((now) => now.without(now.all));
      break;
    case "plans":
    case "sequences":
      // Plans are checked before each run; sequences there are none.
      break;
    default:
      unreachable(statement.target);
  }
}

/** 0A000 naming the command. */
export function commandNotSupported(statement: Statement): Error {
  return featureNotSupported(`${commandTag(statement)} is not supported`, statement.position);
}
