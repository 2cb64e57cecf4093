import type { Log } from "../../env/index.js";
import { duplicatePortal, undefinedPortal } from "../../errors/index.js";
import type { Portal } from "./portal.js";

/** A session's open portals by name; "" is the unnamed one. */
export class Portals {
  private readonly byName = new Map<string, Portal>();
  private readonly closing = new Set<Promise<void>>();
  private lastNumber = 0;

  constructor(private readonly log: Log) {}

  /** Number of the newest portal; later ones get higher numbers. */
  get newestNumber(): number {
    return this.lastNumber;
  }

  nextNumber(): number {
    this.lastNumber += 1;
    return this.lastNumber;
  }

  /** Throws 42P03 where a named portal exists; an unnamed one is replaced. */
  add(portal: Portal): void {
    if (portal.name === "") this.drop("");
    else if (this.byName.has(portal.name)) throw duplicatePortal(portal.name);
    this.byName.set(portal.name, portal);
  }

  find(name: string): Portal | undefined {
    return this.byName.get(name);
  }

  /** Throws 34000. */
  get(name: string): Portal {
    const portal = this.byName.get(name);
    if (portal === undefined) throw undefinedPortal(name);
    return portal;
  }

  /** Closes a portal in the background; whether it existed. */
  drop(name: string): boolean {
    const portal = this.byName.get(name);
    if (portal === undefined) return false;
    this.byName.delete(name);
    this.close(portal);
    return true;
  }

  /** Closes the portals that are newer than a number. */
  dropNewerThan(number: number): void {
    for (const portal of [...this.byName.values()]) {
      if (portal.number > number) this.drop(portal.name);
    }
  }

  dropAll(): void {
    this.dropNewerThan(0);
  }

  /** The transaction is over: closes all that does not outlive it. */
  dropUnheld(): void {
    for (const portal of [...this.byName.values()]) {
      if (!portal.isHeld) this.drop(portal.name);
    }
  }

  /** Open portals, oldest first. */
  get all(): readonly Portal[] {
    return [...this.byName.values()];
  }

  /** Whether there are any of `toHold`. */
  get hasToHold(): boolean {
    for (const { options, isHeld } of this.byName.values())
      if (options.hold && !isHeld) return true;
    return false;
  }

  /** Whether one that has rows to come reads the table. */
  reads(oid: number): boolean {
    return this.all.some(
      ({ isHeld, statement }) => !isHeld && statement.plan?.reads?.(oid) === true,
    );
  }

  /** Cursors WITH HOLD of the transaction that runs. */
  get toHold(): readonly Portal[] {
    return this.all.filter((portal) => portal.options.hold && !portal.isHeld);
  }

  /** Resolves when all that was dropped is closed. */
  async settled(): Promise<void> {
    await Promise.all(this.closing);
  }

  private close(portal: Portal): void {
    const closing = portal.close();
    if (!(closing instanceof Promise)) return;
    const done = closing.catch((error: unknown) => {
      this.log.error("closing a portal failed", { err: error });
    });
    this.closing.add(done);
    void done.then(() => this.closing.delete(done));
  }
}
