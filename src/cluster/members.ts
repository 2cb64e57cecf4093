import type { ExecutorLink } from "./executor-link.js";

/** The executors that are there. */
export class Members {
  private readonly links = new Map<string, ExecutorLink>();

  join(link: ExecutorLink): void {
    this.links.set(link.executorId, link);
  }

  leave(executorId: string): void {
    this.links.delete(executorId);
  }

  /** In order of joining. */
  get all(): readonly ExecutorLink[] {
    return [...this.links.values()];
  }
}
