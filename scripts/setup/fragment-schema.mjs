import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "./report.mjs";
import { hashOf, isDone, markDone, ROOT } from "./stamps.mjs";

const SCHEMA_FOLDER = "engine-native/plan";
const SCHEMA = `${SCHEMA_FOLDER}/fragment.proto`;
const OUTPUT = "src/fragments/generated";

/** Generates TypeScript for the schema of fragments; CMake does the same for C++. */
export async function setUpFragmentSchema() {
  const hash = hashOf([SCHEMA, "package-lock.json"]);
  if (isDone("fragment-schema", hash, [`${OUTPUT}/fragment_pb.ts`])) return;
  mkdirSync(join(ROOT, OUTPUT), { recursive: true });
  await runTool(
    "generating TypeScript from fragment.proto",
    "protoc",
    [
      `--plugin=protoc-gen-es=${join(ROOT, "node_modules/.bin/protoc-gen-es")}`,
      `--es_out=${OUTPUT}`,
      "--es_opt=target=ts,import_extension=js",
      `-I${SCHEMA_FOLDER}`,
      SCHEMA,
    ],
    { cwd: ROOT },
  );
  markDone("fragment-schema", hash);
}
