import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { say } from "./report.mjs";
import { ROOT } from "./stamps.mjs";

const LOCK = join(ROOT, "build", "setup.lock");
const RETRY_MS = 500;

/** Does `work` while no other set-up runs in this clone. */
export async function alone(work) {
  mkdirSync(join(ROOT, "build"), { recursive: true });
  for (let waited = false; !take(); waited = true) {
    if (!waited) say(`waiting for another set-up (process ${holder()})`);
    await sleep(RETRY_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(LOCK, { force: true });
  }
}

function take() {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: "wx" });
    return true;
  } catch {
    if (!isAlive(holder())) rmSync(LOCK, { force: true });
    return false;
  }
}

function holder() {
  try {
    return Number(readFileSync(LOCK, "utf8"));
  } catch {
    return 0;
  }
}

function isAlive(pid) {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
