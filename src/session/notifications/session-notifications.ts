import {
  channelNameTooLong,
  emptyChannelName,
  payloadTooLong,
  unreachable,
} from "../../errors/index.js";
import type { Listener, Notification, NotificationHub } from "./notification-hub.js";

const CHANNEL_BYTES = 64;
const PAYLOAD_BYTES = 8000;

type Action =
  | { readonly kind: "listen"; readonly channel: string }
  | { readonly kind: "unlisten"; readonly channel: string }
  | { readonly kind: "unlistenAll" }
  | { readonly kind: "notify"; readonly notification: Notification };

/** One session's end of LISTEN and NOTIFY: what a transaction asked for comes about when it commits. */
export class SessionNotifications implements Listener {
  private readonly channels = new Set<string>();
  private pending: Action[] = [];
  /** What `pending` sends already. */
  private sentKeys = new Set<string>();
  private received: Notification[] = [];

  /** `arrived`: told of each notification, which `take` then answers. */
  constructor(
    private readonly hub: NotificationHub,
    private readonly processId: number,
    private readonly arrived: () => void,
  ) {}

  /** Channels of this session, in the order of LISTEN. */
  get listening(): readonly string[] {
    return [...this.channels];
  }

  /** Where a savepoint would take back to. */
  get mark(): number {
    return this.pending.length;
  }

  get hasPending(): boolean {
    return this.pending.length > 0;
  }

  listen(channel: string): void {
    this.add({ kind: "listen", channel });
  }

  /** Undefined for all channels. */
  unlisten(channel: string | undefined): void {
    this.add(channel === undefined ? { kind: "unlistenAll" } : { kind: "unlisten", channel });
  }

  /** Of two that are the same in a transaction one is sent. */
  notify(channel: string, payload: string): void {
    if (channel === "") throw emptyChannelName();
    if (Buffer.byteLength(channel) >= CHANNEL_BYTES) throw channelNameTooLong();
    if (Buffer.byteLength(payload) >= PAYLOAD_BYTES) throw payloadTooLong();
    const key = keyOf({ channel, payload });
    if (this.sentKeys.has(key)) return;
    this.sentKeys.add(key);
    const { processId } = this;
    this.add({ kind: "notify", notification: { channel, payload, processId } });
  }

  rollbackTo(mark: number): void {
    if (mark === this.pending.length) return;
    this.pending.length = mark;
    this.sentKeys = new Set(this.sent.map(keyOf));
  }

  /** Throws 54000 where what the transaction sends finds no room. */
  checkCommit(): void {
    this.hub.checkRoom(this.sent);
  }

  /** The transaction is over. */
  end(committed: boolean): void {
    const { pending, sent } = this;
    if (pending.length === 0) return;
    this.pending = [];
    this.sentKeys.clear();
    if (!committed) return;
    for (const action of pending) this.apply(action);
    for (const notification of sent) this.hub.publish(notification);
  }

  receive(notification: Notification): void {
    this.received.push(notification);
    this.arrived();
  }

  /** What has arrived, once. */
  take(): readonly Notification[] {
    const { received } = this;
    if (received.length === 0) return received;
    this.received = [];
    this.hub.taken(received);
    return received;
  }

  close(): void {
    this.unlistenAll();
    this.take();
  }

  private get sent(): readonly Notification[] {
    return this.pending.flatMap((action) =>
      action.kind === "notify" ? [action.notification] : [],
    );
  }

  private add(action: Action): void {
    this.pending.push(action);
  }

  private apply(action: Action): void {
    switch (action.kind) {
      case "listen":
        this.channels.add(action.channel);
        this.hub.listen(action.channel, this);
        break;
      case "unlisten":
        this.channels.delete(action.channel);
        this.hub.unlisten(action.channel, this);
        break;
      case "unlistenAll":
        this.unlistenAll();
        break;
      case "notify":
        break;
      default:
        unreachable(action);
    }
  }

  private unlistenAll(): void {
    for (const channel of this.channels) this.hub.unlisten(channel, this);
    this.channels.clear();
  }
}

function keyOf({ channel, payload }: Pick<Notification, "channel" | "payload">): string {
  return `${channel}\0${payload}`;
}
