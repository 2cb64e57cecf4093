import { Batch, textParameter } from "./wire/batch.js";
import type { SessionFrame } from "./system-catalog.js";

/** Settings of the frame that are no session's own, by how the prelude's functions read them. */
function ownSettings(frame: SessionFrame): readonly (readonly [string, string])[] {
  return [
    ["millrace.version", frame.versionText],
    ["millrace.backend_pid", String(frame.backendPid)],
    ["millrace.server_version", frame.serverVersion],
    ["millrace.server_version_num", frame.serverVersionNumber],
    ...[...frame.live].map(([name, rows]) => [`millrace.live_${name}`, rows] as const),
  ];
}

/**
 * A batch that begins with the session's settings, for its one transaction only: after its Sync the
 * next session finds nothing of them. Its own part ends with `FRAME_STATEMENTS` CommandCompletes.
 */
export function framedBatch(frame: SessionFrame): Batch {
  // Who the session is comes last: a plain user may not set all of the others.
  const settings = [
    ...new Map([["transaction_read_only", "on"], ...frame.settings]),
    ...ownSettings(frame),
    ["session_authorization", frame.user] as const,
    ["role", frame.role] as const,
  ];
  const calls = settings.map(
    (_, index) =>
      `pg_catalog.set_config($${String(2 * index + 1)}, $${String(2 * index + 2)}, true)`,
  );
  return new Batch()
    .parse("", `SELECT ${calls.join(", ")}`)
    .bind("", settings.flat().map(textParameter))
    .execute();
}

export const FRAME_STATEMENTS = 1;
