/** npm run lint [-- --fix]: ESLint, Prettier, clang-format. */
import { lint } from "./lint/lint.mjs";
import { setUp } from "./setup.mjs";

await setUp({ only: ["system", "npm", "schema"] });
const passed = await lint({ fix: process.argv.includes("--fix") });
process.exit(passed ? 0 : 1);
