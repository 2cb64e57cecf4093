import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { runTool } from "./report.mjs";
import { filesBelow, hashOf, isDone, markDone, ROOT } from "./stamps.mjs";

/** Where the addon and the native tools are put. */
export const PRODUCTS = "build/Release";
const ADDON = `${PRODUCTS}/millrace.node`;
const TPCH_GENERATOR = `${PRODUCTS}/millrace-tpch`;
const SERVER_TARGETS = ["millrace", "millrace_tpch"];
const BYTES_PER_COMPILER = 1.5 * 2 ** 30;

/**
 * Builds the addon and the TPC-H generator, and `withTests` everything else that CMake knows. The
 * headers of Node come from node-api-headers (cmake-js takes them because package.json names a
 * Node-API version), so nothing is downloaded.
 */
export async function setUpNative(withTests) {
  const hash = hashOf(
    [...filesBelow("engine-native"), "CMakeLists.txt", "package-lock.json"],
    [compilerVersion(), ROOT],
  );
  const products = [ADDON, TPCH_GENERATOR];
  if (isDone("native-tests", hash, products)) return;
  if (!withTests && isDone("native", hash, products)) return;
  await configure();
  const targets = withTests ? [] : ["--target", ...SERVER_TARGETS];
  await runTool(
    withTests ? "building the engine and its tests" : "building the engine",
    "cmake",
    ["--build", "build", "--parallel", String(compilerCount()), ...targets],
    { cwd: ROOT },
  );
  markDone(withTests ? "native-tests" : "native", hash);
}

async function configure() {
  forgetForeignCache();
  const definitions = {
    MILLRACE_BUILD_TESTS: "ON",
    CMAKE_RUNTIME_OUTPUT_DIRECTORY: join(ROOT, PRODUCTS),
    ...(isOnPath("ccache") ? { CMAKE_CXX_COMPILER_LAUNCHER: "ccache" } : {}),
  };
  const hash = hashOf(["package-lock.json"], [JSON.stringify(definitions), compilerVersion()]);
  if (isDone("native-configured", hash, ["build/CMakeCache.txt", "build/build.ninja"])) return;
  const cmakeJs = join(ROOT, "node_modules/cmake-js/bin/cmake-js");
  const options = Object.entries(definitions).map(([name, value]) => `--CD${name}=${value}`);
  const args = [cmakeJs, "configure", "--out", join(ROOT, "build"), ...options];
  await runTool("configuring the engine (cmake-js)", process.execPath, args, { cwd: ROOT });
  markDone("native-configured", hash);
}

/** CMake refuses a cache made in another folder, as after moving or copying a clone. */
function forgetForeignCache() {
  const cache = join(ROOT, "build", "CMakeCache.txt");
  if (!existsSync(cache)) return;
  if (readFileSync(cache, "utf8").includes(`CMAKE_HOME_DIRECTORY:INTERNAL=${ROOT}\n`)) return;
  rmSync(cache);
  rmSync(join(ROOT, "build", "CMakeFiles"), { recursive: true, force: true });
}

function compilerCount() {
  const byMemory = Math.max(1, Math.floor(totalmem() / BYTES_PER_COMPILER));
  return Math.min(availableParallelism(), byMemory);
}

function compilerVersion() {
  return spawnSync("g++", ["-dumpfullversion"], { encoding: "utf8" }).stdout ?? "";
}

function isOnPath(command) {
  return (process.env["PATH"] ?? "").split(":").some((folder) => existsSync(join(folder, command)));
}
