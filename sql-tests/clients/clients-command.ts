/**
 * npm run clients [-- NAME …]: each client makes its tour of PostgreSQL and of Millrace; both must
 * look the same to it. Clients whose packages are not installed are skipped, loudly.
 */
import { spawnSync } from "node:child_process";
import { runMain, UsageError } from "../runner/command-line.js";
import { CLIENTS, type Client } from "./client-list.js";
import { openStage } from "./stage.js";
import { visit } from "./visit.js";

async function main(names: readonly string[]): Promise<number> {
  const wanted = CLIENTS.filter(({ name }) => names.length === 0 || names.includes(name));
  const unknown = names.find((name) => !CLIENTS.some((client) => client.name === name));
  if (unknown !== undefined) {
    throw new UsageError(
      `no client ${unknown}; there are ${CLIENTS.map(({ name }) => name).join(", ")}`,
    );
  }
  const able = wanted.filter((client) => {
    const missing = missingPackages(client);
    if (missing.length > 0) {
      console.log(`SKIPPED ${client.name}: not installed: ${missing.join(" ")}`);
    }
    return missing.length === 0;
  });
  let failures = 0;
  const stage = await openStage();
  try {
    for (const client of able) {
      const different = await visit(client, stage);
      console.log(different === null ? `ok      ${client.name}` : `FAILED  ${client.name}`);
      if (different === null) continue;
      console.log(different);
      failures += 1;
    }
  } finally {
    await stage.close();
  }
  const skipped = wanted.length - able.length;
  console.log(
    `${String(able.length - failures)} clients see no difference, ${String(failures)} do, ` +
      `${String(skipped)} skipped`,
  );
  return failures === 0 ? 0 : 1;
}

function missingPackages({ packages }: Client): readonly string[] {
  return packages.filter((name) => {
    const { status, stdout } = spawnSync("dpkg-query", ["-W", "-f", "${db:Status-Status}", name], {
      encoding: "utf8",
    });
    return status !== 0 || stdout !== "installed";
  });
}

await runMain(() => main(process.argv.slice(2)));
