import { featureNotSupported, unrecognizedParameter } from "../../errors/index.js";
import { constantText, literal } from "../construct.js";
import {
  overload,
  scalarFunction,
  type CallSite,
  type Lower,
  type ScalarFunction,
} from "../overload.js";
import type { SessionInfo } from "../session-info.js";

const stable = { volatility: "stable" } as const;

/** A value the session knows when the statement is bound. */
function known(read: (session: SessionInfo) => string | null): Lower {
  return (_, site) => literal(read(site.session), site.type);
}

/** current_setting(name [, missing_ok]) of constants. */
const currentSetting: Lower = (args, site: CallSite) => {
  const [name, missingOk] = args;
  if (args.some((one) => one.kind === "literal" && one.text === null)) {
    return literal(null, site.type);
  }
  const constant = constantText(name);
  if (constant === undefined) {
    throw featureNotSupported("current_setting of a computed name is not supported");
  }
  const value = site.session.setting(constant.toLowerCase());
  if (value !== undefined) return literal(value, site.type);
  if (constantText(missingOk) === "t") return literal(null, site.type);
  throw unrecognizedParameter(constant);
};

export const sessionFunctions: readonly ScalarFunction[] = [
  scalarFunction("version", [
    overload(
      [],
      "text",
      known((s) => s.version),
      stable,
    ),
  ]),
  scalarFunction("current_database", [
    overload(
      [],
      "name",
      known((s) => s.currentDatabase),
      stable,
    ),
  ]),
  scalarFunction("current_schema", [
    overload(
      [],
      "name",
      known((s) => s.currentSchema),
      stable,
    ),
  ]),
  scalarFunction("current_user", [
    overload(
      [],
      "name",
      known((s) => s.currentUser),
      stable,
    ),
  ]),
  scalarFunction("session_user", [
    overload(
      [],
      "name",
      known((s) => s.sessionUser),
      stable,
    ),
  ]),
  scalarFunction("pg_backend_pid", [
    overload(
      [],
      "int4",
      known((s) => String(s.backendPid)),
      stable,
    ),
  ]),
  scalarFunction("current_setting", [
    overload(["text"], "text", currentSetting, stable),
    overload(["text", "bool"], "text", currentSetting, stable),
  ]),
];
