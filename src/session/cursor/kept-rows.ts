import { invariant } from "../../errors/index.js";
import type { ResultPage } from "../planner.js";
import { ownedPage, reversedPage, rowCountOf, sizeOf, slicedPage } from "./page-cut.js";
import type { RowMemory } from "./row-memory.js";

interface KeptPage {
  readonly page: ResultPage;
  /** Number of its first row, from 1. */
  readonly first: number;
}

/** Rows of a run in memory of our own, by number; the first kept need not be the run's first. */
export class KeptRows {
  private readonly pages: KeptPage[] = [];
  private bytes = 0;
  private last: number;

  /** `before`: how many rows went by and are not kept. */
  constructor(
    private readonly memory: RowMemory,
    readonly before: number,
  ) {
    this.last = before;
  }

  get sizeBytes(): number {
    return this.bytes;
  }

  /** Copies a page to the end; throws 53200. The page stays the caller's. */
  append(page: ResultPage): void {
    const size = sizeOf(page);
    this.memory.reserve(size);
    this.bytes += size;
    this.pages.push({ page: ownedPage(page), first: this.last + 1 });
    this.last += rowCountOf(page);
  }

  /** Rows from number `from` on, at most `most` and no more than one kept page has. */
  forward(from: number, most: number): ResultPage {
    const { page, first } = this.pageOf(from);
    const start = from - first;
    return slicedPage(page, start, Math.min(rowCountOf(page), start + most));
  }

  /** Rows from number `from` on towards the first, in that order. */
  backward(from: number, most: number): ResultPage {
    const { page, first } = this.pageOf(from);
    const end = from - first + 1;
    return reversedPage(slicedPage(page, Math.max(0, end - most), end));
  }

  clear(): void {
    this.memory.release(this.bytes);
    this.bytes = 0;
    this.pages.length = 0;
  }

  private pageOf(row: number): KeptPage {
    let low = 0;
    let high = this.pages.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.pages[middle]?.first ?? Infinity) <= row) low = middle;
      else high = middle - 1;
    }
    const found = this.pages[low];
    invariant(found !== undefined && row > this.before && row <= this.last, "a row that is kept");
    return found;
  }
}
