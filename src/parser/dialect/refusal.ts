/** Why a rewriter cannot read a text; an ordinary outcome, told to the client as 0A000. */
export class Refusal extends Error {
  /** `offset`: where in the source, in UTF-16 units from 0. */
  constructor(
    readonly reason: string,
    readonly offset?: number,
  ) {
    super(reason);
  }
}
