import type { ServerConnection } from "./server-connection.js";

interface Waiting {
  resolve(connection: ServerConnection): void;
  reject(error: unknown): void;
}

/** Connections to the mirror's database: each runs one batch at a time. */
export class ConnectionPool {
  private readonly all = new Set<ServerConnection>();
  private readonly idle: ServerConnection[] = [];
  private readonly waiting: Waiting[] = [];
  private openingCount = 0;
  private isClosed = false;

  constructor(
    private readonly open: () => Promise<ServerConnection>,
    private readonly most: number,
  ) {}

  /** Whether somebody waits for a connection that another has. */
  get isContested(): boolean {
    return this.waiting.length > 0;
  }

  /** A connection that is free; rejects where none can be opened. */
  take(): Promise<ServerConnection> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.serve();
    });
  }

  /** Takes a connection back; one that is lost makes room for another. */
  give(connection: ServerConnection): void {
    if (connection.isLost || this.isClosed) this.all.delete(connection);
    else this.idle.push(connection);
    this.serve();
  }

  close(): void {
    this.isClosed = true;
    for (const connection of this.all) void connection.terminate();
    this.all.clear();
    for (const { reject } of this.waiting.splice(0)) reject(new Error("the connection was ended"));
  }

  private serve(): void {
    while (this.waiting.length > 0) {
      const connection = this.idle.pop();
      if (connection === undefined) break;
      if (connection.isLost) this.all.delete(connection);
      else this.waiting.shift()?.resolve(connection);
    }
    const wanted = this.waiting.length - this.openingCount;
    if (wanted > 0 && this.all.size + this.openingCount < this.most) this.grow();
  }

  private grow(): void {
    this.openingCount += 1;
    const opened = (connection: ServerConnection): void => {
      this.openingCount -= 1;
      if (this.isClosed) return void connection.terminate();
      this.all.add(connection);
      this.give(connection);
    };
    const failed = (error: unknown): void => {
      this.openingCount -= 1;
      this.waiting.shift()?.reject(error);
      this.serve();
    };
    this.open().then(opened, failed);
    this.serve();
  }
}
