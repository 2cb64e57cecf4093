/** A stretch of rewritten text and where in the source it comes from. */
interface Piece {
  /** Where it starts in the rewritten text, in UTF-16 units. */
  readonly at: number;
  /** Where it starts in the source. */
  readonly from: number;
  /** It stands there as it is, so that positions inside it carry over. */
  readonly verbatim: boolean;
}

/** Rewritten text in the making, with the way back to the source. */
export class Output {
  private readonly pieces: Piece[] = [];
  private written = "";

  get text(): string {
    return this.written;
  }

  /** Source text as it is. */
  copy(text: string, from: number): void {
    this.add(text, from, true);
  }

  /** Text of our own that stands for what is at `from`; set off by a blank. */
  put(text: string, from: number): void {
    this.add(this.written === "" ? text : ` ${text}`, from, false);
  }

  /** Where in the source an offset of the rewritten text comes from, in UTF-16 units. */
  sourceOf(offset: number): number {
    let low = 0;
    let high = this.pieces.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.pieces[middle]?.at ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    const piece = this.pieces[low - 1];
    if (piece === undefined) return 0;
    return piece.from + (piece.verbatim ? offset - piece.at : 0);
  }

  private add(text: string, from: number, verbatim: boolean): void {
    this.pieces.push({ at: this.written.length, from, verbatim });
    this.written += text;
  }
}
