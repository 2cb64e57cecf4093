import {
  makeVerifier,
  parseVerifier,
  SCRAM_SALT_BYTES,
  verifierText,
} from "../../../catalog/index.js";
import { emptyPasswordCleared, md5NotSupported } from "../../../errors/index.js";
import type { Random } from "../../../env/index.js";
import type { ConstantReader } from "../services.js";
import type { RoleFlag, RoleOption } from "../../../parser/index.js";
import type { StatementContext } from "../../planner.js";

/** Options with their values made out; what is undefined was not written. */
export interface SettledOptions {
  readonly flags: { readonly [F in RoleFlag]?: boolean };
  readonly limit: number | undefined;
  /** Null takes the password away. */
  readonly verifier: string | null | undefined;
  /** In the zone UTC, or "infinity". */
  readonly validUntil: string | undefined;
}

const MD5_HASH = /^md5[0-9a-f]{32}$/;

/** Makes a password a verifier, which is all that is kept of it. */
export async function settledOptions(
  options: readonly RoleOption[],
  random: Random,
  reader: ConstantReader,
  context: StatementContext,
): Promise<SettledOptions> {
  const flags: { [F in RoleFlag]?: boolean } = {};
  let limit: number | undefined;
  let verifier: string | null | undefined;
  let validUntil: string | undefined;
  for (const option of options) {
    if (option.kind === "flag") flags[option.flag] = option.on;
    else if (option.kind === "connectionLimit") ({ limit } = option);
    else if (option.kind === "validUntil") validUntil = timeText(option.text, reader, context);
    else if (option.kind === "password") {
      verifier = await passwordVerifier(option.password, random, context);
    }
  }
  return { flags, limit, verifier, validUntil };
}

async function passwordVerifier(
  password: string | null,
  random: Random,
  context: StatementContext,
): Promise<string | null> {
  if (password === null) return null;
  if (password === "") {
    context.notice(emptyPasswordCleared());
    return null;
  }
  if (parseVerifier(password) !== null) return password;
  if (MD5_HASH.test(password)) throw md5NotSupported();
  return verifierText(await makeVerifier(password, random.bytes(SCRAM_SALT_BYTES)));
}

/** Throws what casting the text to timestamptz throws. */
function timeText(text: string, reader: ConstantReader, context: StatementContext): string {
  const type = { name: "timestamptz", typmod: -1 } as const;
  const bytes = Buffer.from(text);
  const evaluation = { ...context.evaluation };
  return reader.readParameter(type, false, bytes, 0, evaluation).text;
}
