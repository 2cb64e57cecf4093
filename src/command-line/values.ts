import type { Address } from "../env/index.js";
import { UsageError } from "./usage-error.js";

const SIZE_UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  kb: 2 ** 10,
  kib: 2 ** 10,
  mb: 2 ** 20,
  mib: 2 ** 20,
  gb: 2 ** 30,
  gib: 2 ** 30,
  tb: 2 ** 40,
  tib: 2 ** 40,
};

/** Below this much memory no query gets anywhere. */
const MIN_HOST_MEMORY_BYTES = 64 * 2 ** 20;
const MAX_HOST_MEMORY_BYTES = 2 ** 46;
const MAX_THREADS = 1024;

/** "8GB", "1.5GiB", "512 MB": bytes. Units are powers of 1,024, as in PostgreSQL. */
export function parseSize(option: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim());
  const unit = SIZE_UNITS[(match?.[2] ?? "?").toLowerCase()];
  if (match === null || unit === undefined) {
    throw new UsageError(`${option}: "${text}" is no size; write for example 8GB or 512MB`);
  }
  const bytes = Math.floor(Number(match[1]) * unit);
  if (bytes < MIN_HOST_MEMORY_BYTES || bytes > MAX_HOST_MEMORY_BYTES) {
    throw new UsageError(`${option}: "${text}" is not between 64MB and 64TB`);
  }
  return bytes;
}

/** Where definitions are kept. What is wrong is told without the text: it may hold a password. */
export function parseCatalogUrl(option: string, text: string): string {
  const isUrl = URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol);
  if (!isUrl) {
    throw new UsageError(`${option}: write it as postgres://user@host:5432/database`);
  }
  return text;
}

export function parseThreads(option: string, text: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= MAX_THREADS) return count;
  throw new UsageError(`${option}: "${text}" is no number from 1 to ${String(MAX_THREADS)}`);
}

/** Places beside those that superusers keep for themselves. */
const MIN_CONNECTIONS = 4;
/** PostgreSQL's limit. */
const MAX_CONNECTIONS = 262_143;

export function parseConnections(option: string, text: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  if (count >= MIN_CONNECTIONS && count <= MAX_CONNECTIONS) return count;
  const range = `${String(MIN_CONNECTIONS)} to ${String(MAX_CONNECTIONS)}`;
  throw new UsageError(`${option}: "${text}" is no number from ${range}`);
}

/** A PostgreSQL version as server_version has it: 14.20. */
export function parseServerVersion(option: string, text: string): string {
  const major = Number(/^(\d{2})\.\d{1,2}$/.exec(text)?.[1] ?? "0");
  if (major >= 12 && major <= 18) return text;
  throw new UsageError(`${option}: "${text}" is no PostgreSQL version from 12.0 to 18.99`);
}

/** HOST:PORT, an IPv6 host in brackets. */
export function parseListenAddress(option: string, text: string): Address {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3] ?? "65536");
  if (match === null || port > 65535) {
    throw new UsageError(`${option}: "${text}" is no HOST:PORT; write for example 127.0.0.1:5433`);
  }
  const host = match[1] ?? match[2] ?? "";
  return { host, port };
}
