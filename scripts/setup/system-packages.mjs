import { spawnSync } from "node:child_process";
import { runTool, say, SetupError } from "./report.mjs";

const BUILD_PACKAGES = [
  "g++",
  "cmake",
  "ninja-build",
  "pkg-config",
  "libprotobuf-dev",
  "protobuf-compiler",
  "libsnappy-dev",
  "libzstd-dev",
  "liblz4-dev",
  "libbrotli-dev",
  "libdeflate-dev",
  "zlib1g-dev",
  "tzdata",
];
const TEST_PACKAGES = ["postgresql-15", "postgresql-client-15", "openssl"];
const ENVIRONMENT = { ...process.env, LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" };

/** Sees to the Debian packages: those the build needs and, `forTests`, the oracle's. */
export async function setUpSystemPackages(forTests) {
  await installPackages(forTests ? [...BUILD_PACKAGES, ...TEST_PACKAGES] : BUILD_PACKAGES);
}

/** Installs those Debian packages that are missing; a SetupError says what to run where it may not. */
export async function installPackages(wanted) {
  const missing = missingPackages(wanted);
  if (missing === null) {
    say(`no dpkg here: taking it that the equivalents of ${wanted.join(" ")} are installed`);
    return;
  }
  if (missing.length === 0) return;
  const install = ["apt-get", "install", "-y", "--no-install-recommends", ...missing];
  const prefix = privilegePrefix();
  if (prefix === null) {
    throw new SetupError(
      `packages are missing and this user may not install them; run:\n` +
        `  sudo apt-get update && sudo ${install.join(" ")}`,
    );
  }
  const environment = ["env", "LC_ALL=C", "DEBIAN_FRONTEND=noninteractive"];
  const [command, ...head] = [...prefix, ...environment];
  await runTool("updating Debian's package lists", command, [...head, "apt-get", "update"]);
  await runTool(`installing Debian packages: ${missing.join(" ")}`, command, [...head, ...install]);
  const still = missingPackages(wanted);
  if (still.length > 0) throw new SetupError(`still not installed: ${still.join(" ")}`);
}

/** Those of `packages` that are not installed; null where there is no dpkg. */
function missingPackages(packages) {
  const format = "${Package} ${db:Status-Status}\\n";
  const query = spawnSync("dpkg-query", ["-W", "-f", format, ...packages], {
    env: ENVIRONMENT,
    encoding: "utf8",
  });
  if (query.error) return null;
  const installed = new Set(
    query.stdout
      .split("\n")
      .filter((line) => line.endsWith(" installed"))
      .map((line) => line.split(" ")[0]),
  );
  return packages.filter((name) => !installed.has(name));
}

/** What to put before a command to run it as root; null where that is not possible unasked. */
function privilegePrefix() {
  if (process.getuid?.() === 0) return [];
  const sudo = spawnSync("sudo", ["-n", "true"], { stdio: "ignore" });
  return sudo.status === 0 ? ["sudo", "-n"] : null;
}
