import { MillraceServer } from "../runner/millrace-server.js";
import { PostgresServer } from "../runner/postgres-server.js";
import { ObservedSession } from "./observed.js";

/** PostgreSQL and Millrace, with role and database of the same names and nothing in them. */
export class ServerPair {
  private constructor(
    private readonly postgres: PostgresServer,
    private readonly millrace: MillraceServer,
  ) {}

  static async start(): Promise<ServerPair> {
    const [postgres, millrace] = await Promise.all([
      PostgresServer.start({ settings: { synchronous_commit: "on" } }),
      MillraceServer.start({ threads: 1 }),
    ]);
    const oracle = await ObservedSession.open(postgres.url);
    await oracle.say("CREATE ROLE millrace SUPERUSER LOGIN");
    await oracle.say("CREATE DATABASE millrace");
    await oracle.close();
    return new ServerPair(postgres, millrace);
  }

  /** PostgreSQL's first. */
  get urls(): readonly [string, string] {
    const { url } = this.postgres;
    const first = url.replace("postgres@", "millrace@").replace(/\/[^/]*$/, "/millrace");
    return [first, this.millrace.url];
  }

  /** What the two say otherwise of the statements of one session, each with the statement. */
  async differences(statements: readonly string[]): Promise<readonly string[]> {
    const [oracle, ours] = await Promise.all(this.urls.map((url) => ObservedSession.open(url)));
    if (oracle === undefined || ours === undefined) throw new Error("there are two servers");
    const different: string[] = [];
    oracle.heardSince();
    ours.heardSince();
    for (const statement of statements) {
      const [expected, actual] = [await oracle.say(statement), await ours.say(statement)];
      if (expected !== actual) different.push(`${statement}\n- ${expected}\n+ ${actual}`);
    }
    await oracle.close();
    await ours.close();
    return different;
  }

  async stop(): Promise<void> {
    await this.postgres.stop();
    await this.millrace.stop();
  }
}
