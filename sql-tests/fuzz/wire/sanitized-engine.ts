import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../../runner/child-process.js";
import { ROOT } from "../../runner/repository.js";

const FOLDER = join(ROOT, "build", "asan");
/** What the compiler's checks need in a process that was not built with them. */
const LIBRARIES = ["libasan.so", "libubsan.so"];
/** Modules and functions of others that keep what they allocated: OpenSSL its errors by thread. */
const FOREIGN_LEAKS = ["@libsql", "ERR_set_mark", "ERR_put_error", "ERR_get_state"];
/** Freed memory that is held back, so that whoever still uses it is found out. */
const QUARANTINE_MB = "64";

/**
 * Builds the engine with address and undefined behaviour checked, and answers the variables by which
 * a server takes it; what leaks makes it end with an error. The first time takes long.
 */
export async function sanitizedEnvironment(): Promise<Readonly<Record<string, string>>> {
  console.error("building the engine with sanitizers …");
  if (!existsSync(join(FOLDER, "build.ninja"))) {
    await runCommand("cmake", [
      ...["-S", ROOT, "-B", FOLDER, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release"],
      ...["-DMILLRACE_SANITIZE=ON", "-DMILLRACE_BUILD_TESTS=OFF"],
      `-DMILLRACE_ADDON_FOLDER=${FOLDER}`,
      ...((await hasCcache()) ? ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] : []),
    ]);
  }
  await runCommand("cmake", ["--build", FOLDER, "--target", "millrace"]);
  const suppressions = join(FOLDER, "leaks.supp");
  await writeFile(suppressions, FOREIGN_LEAKS.map((name) => `leak:${name}\n`).join(""));
  const paths = await Promise.all(LIBRARIES.map(libraryPath));
  return {
    MILLRACE_ADDON: join(FOLDER, "millrace.node"),
    LD_PRELOAD: paths.join(" "),
    ASAN_OPTIONS: `detect_leaks=1:quarantine_size_mb=${QUARANTINE_MB}`,
    LSAN_OPTIONS: `suppressions=${suppressions}`,
    NODE_OPTIONS: "--trace-warnings",
    UBSAN_OPTIONS: "print_stacktrace=1",
  };
}

async function hasCcache(): Promise<boolean> {
  return runCommand("ccache", ["--version"]).then(
    () => true,
    () => false,
  );
}

async function libraryPath(name: string): Promise<string> {
  return (await runCommand("g++", [`-print-file-name=${name}`])).trim();
}
