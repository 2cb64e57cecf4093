/** How many transactions ended which way since the server was started. */
export class TransactionCounts {
  committed = 0;
  rolledBack = 0;

  ended(committed: boolean): void {
    if (committed) this.committed += 1;
    else this.rolledBack += 1;
  }
}
