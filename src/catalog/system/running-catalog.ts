import type { CatalogLink, CatalogPlace } from "./link.js";
import { exchange } from "./mirror/exchange.js";
import type { MirrorSource } from "./mirror/mirror-state.js";
import { Mirror } from "./mirror/mirror.js";
import { liveFunction, PRELUDE, SETTINGS_FUNCTION, settingsFunction } from "./mirror/prelude.js";
import { SERVER_DEFINITION } from "./mirror/template.js";
import type { CatalogFacts } from "./system-catalog.js";
import { Batch, simpleQuery, textParameter } from "./wire/batch.js";

/** One started PostgreSQL with the mirror in it. */
export class RunningCatalog {
  private shownVersion: string | null = null;
  private shownDatabase: string | null = null;

  private constructor(
    readonly link: CatalogLink,
    readonly facts: CatalogFacts,
    private readonly mirror: Mirror,
    private readonly place: CatalogPlace,
    private readonly source: MirrorSource,
  ) {}

  static async start(
    place: CatalogPlace,
    source: MirrorSource,
    liveFunctions: readonly string[],
    ending: AbortSignal,
  ): Promise<RunningCatalog> {
    const link = await place.open(ending);
    try {
      const own = liveFunctions.map((name) =>
        name === SETTINGS_FUNCTION ? settingsFunction() : liveFunction(name),
      );
      // Settings first: what is sent together runs as one transaction.
      await exchange(link, simpleQuery([...PRELUDE, SERVER_DEFINITION, ...own].join(";\n")));
      const facts = await readFacts(link);
      const running = new RunningCatalog(link, facts, await Mirror.begin(link), place, source);
      await running.showState(source);
      return running;
    } catch (error) {
      await link.terminate();
      throw error;
    }
  }

  /** Whether the mirror is as `source` is now, with roles of these names. */
  isPrepared(names: readonly string[], source: MirrorSource = this.source): boolean {
    const isShown = source.mirrorVersion === this.shownVersion;
    return isShown && names.every((name) => this.mirror.roles.knows(name));
  }

  /** Makes mirror, role and database's name what the next statement is to see. */
  async prepare(
    names: readonly string[],
    database: string,
    source: MirrorSource = this.source,
  ): Promise<void> {
    await this.showState(source);
    for (const name of names) await this.mirror.roles.ensure(name);
    if (!this.place.renamesDatabase || this.shownDatabase === database) return;
    const rename = new Batch()
      .parse(
        "",
        `UPDATE pg_catalog.pg_database SET datname = $1
         WHERE oid = ${String(this.mirror.databaseOid)}`,
      )
      .bind("", [textParameter(database)])
      .execute();
    await exchange(this.link, rename.sync());
    this.shownDatabase = database;
  }

  /** Runs a statement once for the code it needs; what it answers or fails of is nobody's. */
  async tryOut(sql: string): Promise<void> {
    await this.link.exchange(simpleQuery(sql));
  }

  private async showState(source: MirrorSource): Promise<void> {
    // Read first: what changes while the state is told is told again.
    const version = source.mirrorVersion;
    if (version === this.shownVersion) return;
    await this.mirror.apply(await source.mirrorState());
    this.shownVersion = version;
  }
}

async function readFacts(link: CatalogLink): Promise<CatalogFacts> {
  const inSchema = (name: string): string => `
    SELECT relname FROM pg_catalog.pg_class
    WHERE relnamespace = '${name}'::regnamespace AND relkind IN ('r', 'v')`;
  const names = async (sql: string): Promise<ReadonlySet<string>> => {
    const reply = await exchange(link, simpleQuery(sql));
    return new Set(reply.rows().map(([name]) => name ?? ""));
  };
  const functions = `SELECT proname FROM pg_catalog.pg_proc
    WHERE pronamespace = 'pg_catalog'::regnamespace`;
  return {
    systemRelations: await names(inSchema("pg_catalog")),
    informationRelations: await names(inSchema("information_schema")),
    functions: await names(functions),
    calmFunctions: await names(`${functions} GROUP BY 1 HAVING bool_and(provolatile <> 'v')`),
  };
}
