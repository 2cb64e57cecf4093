import { readFileSync, writeFileSync } from "node:fs";

const KIB = 1024;

/** Bytes of a process's memory now. */
export function residentBytes(pid: number): number {
  return statusField(pid, "VmRSS");
}

/** Makes the peak count from here on. */
export function resetPeak(pid: number): void {
  writeFileSync(`/proc/${String(pid)}/clear_refs`, "5");
}

/** Bytes at the peak since the last reset. */
export function peakBytes(pid: number): number {
  return statusField(pid, "VmHWM");
}

function statusField(pid: number, field: string): number {
  const status = readFileSync(`/proc/${String(pid)}/status`, "utf8");
  const value = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1];
  if (value === undefined) throw new Error(`no ${field} of process ${String(pid)}`);
  return Number(value) * KIB;
}

/** Ticks of /proc/PID/stat in a second: USER_HZ, 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Processor time a process has used, its threads' included. */
export function processorSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
  // The name stands in parentheses and may hold blanks; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
