import { expectedLines, type Outcome } from "./outcome.js";
import { openSession, runBlock, runsOn, type Target } from "./run-file.js";
import type { Block, Option, Prose, SltFile } from "./slt-file.js";

/**
 * The file with every block of this target answered by it. A bare statement becomes a query, a
 * statement or an error by what comes back; `rowsort` is added where nothing orders several rows.
 */
export async function record(file: SltFile, target: Target): Promise<SltFile> {
  const connection = await openSession(target);
  try {
    const items: (Block | Prose)[] = [];
    for (const item of file.items) {
      if (item.kind === "prose" || !runsOn(item, target.kind)) {
        items.push(item);
        continue;
      }
      const outcome = await runBlock(connection, item, target);
      items.push(recordsFrom(item, target) ? recorded(item, outcome) : item);
    }
    return { ...file, items };
  } finally {
    await connection.close();
  }
}

/** PostgreSQL is the authority for all it can run; Millrace only for what is its own. */
function recordsFrom(block: Block, target: Target): boolean {
  if (target.kind === "postgres") return true;
  return block.directive === "explain" || block.options.includes("millrace");
}

function recorded(block: Block, outcome: Outcome): Block {
  const isPlan = block.directive === "explain" && outcome.kind === "rows";
  if (isPlan && block.options.length > 0) return block;
  const options =
    outcome.kind === "rows" ? rowOptions(block, outcome.rows.length) : targetsOf(block);
  const directive = isPlan ? "explain" : DIRECTIVES[outcome.kind];
  const answered: Block = { ...block, directive, options };
  return { ...answered, expected: expectedLines(answered, outcome) };
}

const DIRECTIVES = { rows: "query", command: "statement", error: "error" } as const;

function rowOptions(block: Block, rowCount: number): readonly Option[] {
  const settled = block.directive !== "unrecorded" || block.options.includes("rowsort");
  if (settled || rowCount < 2 || /\border\s+by\b/i.test(block.sql)) return block.options;
  return ["rowsort", ...block.options];
}

/** What still has a meaning when the answer is no rows. */
const LASTING: readonly Option[] = ["millrace", "postgres", "terse"];

function targetsOf(block: Block): readonly Option[] {
  return block.options.filter((option) => LASTING.includes(option));
}
