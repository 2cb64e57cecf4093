import { tooManyNotifications } from "../../errors/index.js";

/** What NOTIFY sends. */
export interface Notification {
  readonly channel: string;
  readonly payload: string;
  /** Process of the session that sent it. */
  readonly processId: number;
}

/** A session that listens. */
export interface Listener {
  receive(notification: Notification): void;
}

/** What a notification costs while it waits, beside its payload. */
const OVERHEAD_BYTES = 128;

/** Carries notifications from the sessions that commit them to those that listen. */
export class NotificationHub {
  private readonly channels = new Map<string, Set<Listener>>();
  private queuedBytes = 0;

  /** `limitBytes`: what may wait for sessions that are in a transaction or do not read. */
  constructor(private readonly limitBytes = 64 * 1024 * 1024) {}

  listen(channel: string, listener: Listener): void {
    const listeners = this.channels.get(channel) ?? new Set();
    this.channels.set(channel, listeners.add(listener));
  }

  unlisten(channel: string, listener: Listener): void {
    const listeners = this.channels.get(channel);
    listeners?.delete(listener);
    if (listeners?.size === 0) this.channels.delete(channel);
  }

  /** Throws 54000 where there is no room for these, by those who listen now. */
  checkRoom(notifications: readonly Notification[]): void {
    let size = 0;
    for (const each of notifications) {
      size += sizeOf(each) * (this.channels.get(each.channel)?.size ?? 0);
    }
    if (this.queuedBytes + size > this.limitBytes) throw tooManyNotifications();
  }

  publish(notification: Notification): void {
    for (const listener of this.channels.get(notification.channel) ?? []) {
      this.queuedBytes += sizeOf(notification);
      listener.receive(notification);
    }
  }

  /** A listener has sent them on, or is gone. */
  taken(notifications: readonly Notification[]): void {
    for (const notification of notifications) this.queuedBytes -= sizeOf(notification);
  }
}

function sizeOf({ channel, payload }: Notification): number {
  return OVERHEAD_BYTES + 2 * (channel.length + payload.length);
}
