import { PGlite } from "@electric-sql/pglite";

/** The database as the engine is: UTF-8, C.UTF-8; small WAL files, as nothing much is written. */
const INITDB = [
  "--wal-segsize=1",
  "--encoding=UTF8",
  "--locale-provider=builtin",
  "--locale=C.UTF-8",
] as const;
/** So that the image is small and nothing is left to be done at each start. */
const SETTLE = ["VACUUM FREEZE", "CHECKPOINT", "SELECT pg_switch_wal()", "CHECKPOINT"] as const;

/** Makes a fresh data directory (seconds) and answers it as a tar file. */
export async function makeImage(): Promise<Uint8Array> {
  const database = await PGlite.create({ initDbStartParams: [...INITDB] });
  try {
    for (const sql of SETTLE) await database.exec(sql);
    const image = await database.dumpDataDir("none");
    return new Uint8Array(await image.arrayBuffer());
  } finally {
    await database.close();
  }
}
