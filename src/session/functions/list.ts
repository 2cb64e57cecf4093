import {
  mayNotSignal,
  notABackend,
  settingNameMissing,
  terminatedByAdministrator,
  type SqlError,
} from "../../errors/index.js";
import type { RegisteredSession } from "../activity/session-registry.js";
import { ADVISORY_FUNCTIONS } from "./advisory.js";
import type { CallContext, CallResult, SessionFunction } from "./session-function.js";

const FUNCTIONS: readonly SessionFunction[] = [
  ...ADVISORY_FUNCTIONS,
  {
    name: "set_config",
    parameters: [["text", "text", "bool"]],
    result: "text",
    takesNull: true,
    run: setConfig,
  },
  {
    name: "pg_notify",
    parameters: [["text", "text"]],
    result: "void",
    takesNull: true,
    run: ([channel, payload], { state }) => {
      state.notifications.notify(channel ?? "", payload ?? "");
      return "";
    },
  },
  {
    name: "pg_cancel_backend",
    parameters: [["int4"]],
    result: "bool",
    run: (values, context) => {
      const found = sessionToSignal("cancel", values, context);
      found?.cancel();
      return found !== undefined;
    },
  },
  {
    name: "pg_terminate_backend",
    parameters: [["int4"], ["int4", "int8"]],
    result: "bool",
    run: (values, context) => {
      const found = sessionToSignal("terminate", values, context);
      found?.terminate(terminatedByAdministrator());
      return found !== undefined;
    },
  },
  { name: "pg_sleep", parameters: [["float8"]], result: "void", run: sleep },
  {
    name: "pg_sleep_for",
    parameters: [["interval"]],
    seconds: "extract(epoch from clock_timestamp() + $1) - extract(epoch from clock_timestamp())",
    result: "void",
    run: sleep,
  },
  {
    name: "pg_sleep_until",
    parameters: [["timestamptz"]],
    seconds: "extract(epoch from $1) - extract(epoch from clock_timestamp())",
    result: "void",
    run: sleep,
  },
];

/** Session functions by name. */
export const SESSION_FUNCTIONS: ReadonlyMap<string, SessionFunction> = new Map(
  FUNCTIONS.map((each) => [each.name, each]),
);

/** The session of that process; warns where there is none, 42501 where it is not this user's. */
function sessionToSignal(
  what: "cancel" | "terminate",
  [processId]: readonly (string | null)[],
  { state }: CallContext,
): RegisteredSession | undefined {
  const found = state.environment.shared.registry.find(Number(processId));
  if (found === undefined) {
    state.notice(notABackend(processId ?? ""));
    return undefined;
  }
  const { user } = found.activity.identity;
  if (state.isSuperuser(user) && !state.isSuperuser()) throw mayNotSignal(what, true);
  if (!state.mayActFor(user, "pg_signal_backend")) throw mayNotSignal(what, false);
  return found;
}

function setConfig(
  [name, value, isLocal]: readonly (string | null | undefined)[],
  { state }: CallContext,
): CallResult {
  if (name === null || name === undefined) throw settingNameMissing();
  const given = value === null || value === undefined ? undefined : [value];
  state.settings.setWhole(name, given?.[0], isLocal === "t");
  return state.settings.show(name).value;
}

/** The longest that a timer takes. */
const MOST_DELAY_MS = 2 ** 31 - 1;

function sleep(
  [seconds]: readonly (string | null | undefined)[],
  { state, signal }: CallContext,
): Promise<CallResult> {
  const { clock } = state.environment;
  const end = clock.monotonicMs() + Number(seconds) * 1000;
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      timer?.cancel();
      reject(signal.reason as SqlError);
    };
    const wait = (): void => {
      const left = end - clock.monotonicMs();
      if (!(left > 0)) {
        signal.removeEventListener("abort", abort);
        resolve("");
        return;
      }
      timer = clock.after(Math.min(left, MOST_DELAY_MS), wait);
    };
    let timer: ReturnType<typeof clock.after> | null = null;
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
    if (!signal.aborted) wait();
  });
}
