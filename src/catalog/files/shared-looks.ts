/**
 * Looks at the same thing that many ask for at once. Each must see what is there when it asks, so nobody
 * gets a look that has begun: all who ask while one goes on share the next.
 */
export class SharedLooks<T> {
  private readonly running = new Map<string, Promise<T>>();
  private readonly next = new Map<string, Promise<T>>();

  constructor(private readonly look: (key: string) => Promise<T>) {}

  /** What a look that begins from now on sees. */
  ask(key: string): Promise<T> {
    const next = this.next.get(key);
    if (next !== undefined) return next;
    const running = this.running.get(key);
    if (running === undefined) return this.begin(key);
    const begin = (): Promise<T> => {
      this.next.delete(key);
      return this.begin(key);
    };
    const following = running.then(begin, begin);
    this.next.set(key, following);
    return following;
  }

  private begin(key: string): Promise<T> {
    const ended = (): void => {
      this.running.delete(key);
    };
    const look = this.look(key);
    this.running.set(key, look);
    // Before those who wait for the next one.
    look.then(ended, ended);
    return look;
  }
}
