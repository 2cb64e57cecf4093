import type {
  ExecutorLink,
  LinkedQuery,
  ResultBytes,
  TaskName,
  TaskReport,
} from "../cluster/index.js";
import type { Engine, QueryHandle, QueryProfile } from "../engine/index.js";
import type { Log } from "../env/index.js";
import { internalError, SqlError } from "../errors/index.js";

/** The executor in the coordinator's own process. */
export class LocalExecutor implements ExecutorLink {
  readonly executorId = "local";

  constructor(
    private readonly engine: Engine,
    private readonly log: Log,
  ) {}

  openQuery(plan: Uint8Array, report: (report: TaskReport) => void): LinkedQuery {
    return new LocalQuery(this.engine, this.engine.openQuery(plan), report, this.log);
  }
}

class LocalQuery implements LinkedQuery {
  constructor(
    private readonly engine: Engine,
    private readonly handle: QueryHandle,
    private readonly report: (report: TaskReport) => void,
    private readonly log: Log,
  ) {}

  runTask(task: TaskName): void {
    const { fragmentId, partition } = task;
    this.engine.runFragment(this.handle, fragmentId, partition).then(
      () => this.report({ task, error: null }),
      (error: unknown) => this.report({ task, error: asSqlError(error) }),
    );
  }

  cancel(): void {
    this.engine.cancelQuery(this.handle);
  }

  nextPage(): Promise<ResultBytes | null> {
    return this.engine.nextPage(this.handle);
  }

  profile(): QueryProfile {
    return this.engine.queryProfile(this.handle);
  }

  close(): void {
    this.engine.closeQuery(this.handle).catch((error: unknown) => {
      this.log.error("a query could not be closed", { reason: String(error) });
    });
  }
}

function asSqlError(error: unknown): SqlError {
  return error instanceof SqlError ? error : internalError(String(error));
}
