/** Lets go of a place; calling it again does nothing. */
export type Leave = () => void;

interface Waiting {
  readonly alone: boolean;
  enter(): void;
}

/**
 * Lets many in together, or one alone, in the order they come: what changes the mirror waits for the
 * queries before it, and those behind it see the change.
 */
export class Turnstile {
  private inside = 0;
  private isTakenAlone = false;
  private queue: Waiting[] = [];

  /** Enters beside others. */
  together(): Promise<Leave> {
    return this.enter(false);
  }

  /** Enters alone, does `work`, and stays beside those who come then. */
  async alone(work: () => Promise<void>): Promise<Leave> {
    const leave = await this.enter(true);
    try {
      await work();
    } catch (error) {
      leave();
      throw error;
    }
    this.isTakenAlone = false;
    this.admit();
    return leave;
  }

  private enter(alone: boolean): Promise<Leave> {
    return new Promise((resolve) => {
      const enter = (): void => {
        this.inside += 1;
        this.isTakenAlone = alone;
        resolve(this.leaving());
      };
      this.queue.push({ alone, enter });
      this.admit();
    });
  }

  private leaving(): Leave {
    let isInside = true;
    return () => {
      if (!isInside) return;
      isInside = false;
      this.inside -= 1;
      if (this.inside === 0) this.isTakenAlone = false;
      this.admit();
    };
  }

  private admit(): void {
    for (;;) {
      const [next] = this.queue;
      if (next === undefined || this.isTakenAlone || (next.alone && this.inside > 0)) return;
      this.queue.shift();
      next.enter();
    }
  }
}
