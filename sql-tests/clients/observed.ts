import pg from "pg";

/** A session of which everything is kept that the server says, in order. */
export class ObservedSession {
  private readonly heard: string[] = [];

  private constructor(private readonly client: pg.Client) {}

  static async open(url: string, options: pg.ClientConfig = {}): Promise<ObservedSession> {
    const client = new pg.Client({ connectionString: url, ...options });
    const session = new ObservedSession(client);
    const { connection } = client as unknown as { readonly connection: NodeJS.EventEmitter };
    connection.on(
      "parameterStatus",
      (message: { parameterName: string; parameterValue: string }) => {
        session.heard.push(`${message.parameterName} = ${message.parameterValue}`);
      },
    );
    client.on("notice", (notice) => session.heard.push(fieldsOf(notice)));
    client.on("notification", ({ channel, payload }) => {
      session.heard.push(`notified ${channel} ${payload ?? ""}`);
    });
    client.on("error", (error) =>
      session.heard.push(
        `lost: ${error instanceof pg.DatabaseError ? fieldsOf(error) : error.message}`,
      ),
    );
    await client.connect();
    return session;
  }

  /** What the server says to a statement; values as text. */
  async say(sql: string, values?: readonly unknown[]): Promise<string> {
    try {
      const types = { getTypeParser: () => (value: string) => value };
      const given = values === undefined ? {} : { values: [...values] };
      const query: pg.QueryArrayConfig = { text: sql, rowMode: "array", types, ...given };
      const answer: unknown = await this.client.query(query);
      for (const result of [answer].flat() as pg.QueryArrayResult[]) this.answered(result);
    } catch (error) {
      this.heard.push(error instanceof pg.DatabaseError ? fieldsOf(error) : String(error));
    }
    return this.heardSince();
  }

  /** What was said since it was last asked. */
  heardSince(): string {
    return this.heard.splice(0).join("\n");
  }

  async close(): Promise<void> {
    await this.client.end();
  }

  private answered({ command, fields, rows }: pg.QueryArrayResult): void {
    const columns = fields.map(({ name, dataTypeID }) => `${name}:${String(dataTypeID)}`);
    this.heard.push([command, ...columns].join(" "));
    for (const row of rows) this.heard.push(JSON.stringify(row));
  }
}

/** Of an error or a notice all but where in the server's source it was raised. */
function fieldsOf(message: unknown): string {
  const {
    severity,
    code,
    message: text,
    detail,
    hint,
    position,
    where,
    schema,
    table,
    column,
    dataType,
    constraint,
  } = message as pg.DatabaseError;
  const fields = {
    severity,
    code,
    text,
    detail,
    hint,
    position,
    where,
    schema,
    table,
    column,
    dataType,
    constraint,
  };
  return JSON.stringify(fields);
}
