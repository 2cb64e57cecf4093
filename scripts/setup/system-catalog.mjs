import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PRODUCTS } from "./native.mjs";
import { say } from "./report.mjs";
import { hashOf, isDone, markDone, ROOT } from "./stamps.mjs";

const IMAGE = `${PRODUCTS}/system-catalog.tar`;
const SOURCE = "src/catalog/system/pglite/make-image.ts";

/** Makes the data directory that the system catalog begins with, by the server's own code. */
export async function setUpSystemCatalog() {
  const hash = hashOf([SOURCE, "package-lock.json"]);
  if (isDone("system-catalog", hash, [IMAGE])) return;
  say("making the system catalog's image");
  const compiled = join(ROOT, "dist", SOURCE.replace(/\.ts$/, ".js"));
  const { makeImage } = await import(compiled);
  const target = join(ROOT, IMAGE);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(`${target}.draft`, await makeImage());
  renameSync(`${target}.draft`, target);
  markDone("system-catalog", hash);
}
