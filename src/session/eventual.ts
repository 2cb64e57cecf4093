/**
 * A value that is there, or will be. What every statement passes through is written with it: where all
 * is known already, a promise at each step would cost more than the statement.
 */
export type Eventual<T> = T | Promise<T>;

/** What `next` makes of the value, at once where it is there. */
export function andThen<T, U>(value: Eventual<T>, next: (value: T) => Eventual<U>): Eventual<U> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** What `work` brings; `failed` is told of its error, thrown or rejected, and brings or throws another. */
export function attempt<T>(
  work: () => Eventual<T>,
  failed: (error: unknown) => Eventual<T>,
): Eventual<T> {
  try {
    const value = work();
    return value instanceof Promise ? value.catch(failed) : value;
  } catch (error) {
    return failed(error);
  }
}
