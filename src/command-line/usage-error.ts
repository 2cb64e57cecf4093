/** The command line makes no sense; `message` is the one line the user gets. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}
