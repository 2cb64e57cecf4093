/**
 * npm run clients [-- NAME …]: each client makes its tour of PostgreSQL and of Millrace; both must
 * look the same to it. Clients whose packages are not installed are skipped, loudly.
 */
import { spawnSync } from "node:child_process";
import { runMain, UsageError } from "../runner/command-line.js";
import { CLIENTS, type Client } from "./client-list.js";
import { openStage } from "./stage.js";
import { STEPS, type StepResult, type Visit } from "./steps.js";
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
  const matrix = new Map<Client, Visit>();
  const stage = await openStage();
  try {
    for (const client of able) {
      const seen = await visit(client, stage);
      matrix.set(client, seen);
      const { difference } = seen;
      console.log(difference === null ? `ok      ${client.name}` : `FAILED  ${client.name}`);
      if (difference === null) continue;
      console.log(difference);
      failures += 1;
    }
  } finally {
    await stage.close();
  }
  for (const line of matrixLines(matrix)) console.log(line);
  for (const client of wanted) {
    if (!able.includes(client)) console.log(`SKIPPED ${client.name}: not installed`);
  }
  const skipped = wanted.length - able.length;
  console.log(
    `${String(able.length - failures)} clients see no difference, ${String(failures)} do, ` +
      `${String(skipped)} skipped`,
  );
  return failures === 0 ? 0 : 1;
}

const SIGNS: Readonly<Record<StepResult, string>> = {
  same: "yes",
  different: "NO",
  missing: "NOTHING",
  cannot: "-",
};

const WIDEST_SIGN = 7;

/** Which client does which step, and why it does not. */
function matrixLines(matrix: ReadonlyMap<Client, Visit>): readonly string[] {
  const width = Math.max(0, ...[...matrix.keys()].map(({ name }) => name.length)) + 2;
  const row = (name: string, cells: readonly string[]): string =>
    name.padEnd(width) +
    cells.map((cell, i) => cell.padEnd(Math.max(STEPS[i]?.length ?? 0, WIDEST_SIGN))).join("  ");
  const lines = ["", row("", STEPS)];
  const notes: string[] = [];
  for (const [{ name, with: companions = [] }, { results, reasons }] of matrix) {
    lines.push(
      row(
        name,
        STEPS.map((step) => SIGNS[results.get(step) ?? "missing"]),
      ).trimEnd(),
    );
    if (companions.length > 0) lines.push(`  with ${companions.join(", ")}`);
    for (const [step, reason] of reasons) notes.push(`${name}, ${step}: ${reason}`);
  }
  return [...lines, "", ...notes, ""];
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
