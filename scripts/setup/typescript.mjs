import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "./report.mjs";
import { filesBelow, hashOf, isDone, markDone, ROOT } from "./stamps.mjs";

/** Compiles src/ and sql-tests/ into dist/, and takes out what no source stands behind any more. */
export async function setUpTypeScript() {
  const sources = [...filesBelow("src", isTypeScript), ...filesBelow("sql-tests", isTypeScript)];
  const hash = hashOf([...sources, "tsconfig.json", "package-lock.json"]);
  if (isDone("typescript", hash, sources.map(compiledName))) return;
  const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
  forgetLostOutput(sources);
  await runTool("compiling TypeScript", process.execPath, [compiler, "-p", "."], { cwd: ROOT });
  removeOrphans(new Set(sources.map(compiledName)));
  markDone("typescript", hash);
}

function isTypeScript(name) {
  return name.endsWith(".ts") && !name.endsWith(".d.ts");
}

function compiledName(source) {
  return `dist/${source.replace(/\.ts$/, ".js")}`;
}

/** The incremental compiler does not look whether what it once wrote is still there. */
function forgetLostOutput(sources) {
  const record = join(ROOT, "dist", ".tsbuildinfo");
  if (!existsSync(record)) return;
  const known = readFileSync(record, "utf8");
  const lost = sources.some(
    (source) => known.includes(`"../${source}"`) && !existsSync(join(ROOT, compiledName(source))),
  );
  if (lost) rmSync(record);
}

function removeOrphans(compiled) {
  for (const file of filesBelow("dist", (name) => name.endsWith(".js"))) {
    if (compiled.has(file)) continue;
    rmSync(join(ROOT, file));
    rmSync(join(ROOT, `${file}.map`), { force: true });
  }
}
