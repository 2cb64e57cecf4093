import { lockNotOwned } from "../../errors/index.js";
import type { LockKey, LockMode, LockScope } from "../activity/advisory-locks.js";
import type { CallContext, CallResult, SessionFunction } from "./session-function.js";

const KEYS = [["int8"], ["int4", "int4"]] as const;

function keyOf(values: readonly (string | null)[], { state }: CallContext): LockKey {
  return { database: state.identity.database, numbers: values.map((value) => value ?? "") };
}

async function lock(
  values: readonly (string | null)[],
  context: CallContext,
  mode: LockMode,
  scope: LockScope,
): Promise<CallResult> {
  const { state, signal } = context;
  const timeoutMs = state.settings.snapshot().lockTimeoutMs;
  const { advisoryLocks } = state.environment.shared;
  await advisoryLocks.lock(keyOf(values, context), state, mode, scope, { signal, timeoutMs });
  return "";
}

function unlock(
  values: readonly (string | null)[],
  context: CallContext,
  mode: LockMode,
): CallResult {
  const { state } = context;
  const owned = state.environment.shared.advisoryLocks.unlock(keyOf(values, context), state, mode);
  if (!owned) state.notice(lockNotOwned(mode === "shared" ? "ShareLock" : "ExclusiveLock"));
  return owned;
}

const MODES: readonly (readonly [suffix: string, mode: LockMode])[] = [
  ["", "exclusive"],
  ["_shared", "shared"],
];
const SCOPES: readonly (readonly [infix: string, scope: LockScope])[] = [
  ["", "session"],
  ["xact_", "transaction"],
];

/** pg_advisory_lock and all its kin. */
export const ADVISORY_FUNCTIONS: readonly SessionFunction[] = [
  ...MODES.flatMap(([suffix, mode]) =>
    SCOPES.flatMap(([infix, scope]): readonly SessionFunction[] => [
      {
        name: `pg_advisory_${infix}lock${suffix}`,
        parameters: KEYS,
        result: "void",
        run: (values, context) => lock(values, context, mode, scope),
      },
      {
        name: `pg_try_advisory_${infix}lock${suffix}`,
        parameters: KEYS,
        result: "bool",
        run: (values, context) => {
          const { state } = context;
          const { advisoryLocks } = state.environment.shared;
          return advisoryLocks.tryLock(keyOf(values, context), state, mode, scope);
        },
      },
    ]),
  ),
  ...MODES.map(([suffix, mode]): SessionFunction => ({
    name: `pg_advisory_unlock${suffix}`,
    parameters: KEYS,
    result: "bool",
    run: (values, context) => unlock(values, context, mode),
  })),
  {
    name: "pg_advisory_unlock_all",
    parameters: [[]],
    result: "void",
    run: (_values, { state }) => {
      state.environment.shared.advisoryLocks.release(state, "session");
      return "";
    },
  },
];
